"""Where files of the user stand unless named, as the system has it."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def default_config_path() -> Path:
    """Where the settings file stands unless named."""
    return Path(platformdirs.user_config_dir("abusetrack")) / "config.toml"


def default_case_path() -> Path:
    """Where the case file stands unless named."""
    return Path(platformdirs.user_data_dir("abusetrack")) / "case.abusetrack"


def default_log_path() -> Path:
    """Where the log stands."""
    return Path(platformdirs.user_log_dir("abusetrack")) / "abusetrack.log"


def default_cache_path() -> Path:
    """Where reference data fetched from IANA stands; nothing reported is in it."""
    return Path(platformdirs.user_cache_dir("abusetrack"))


def default_window_path() -> Path:
    """Return where the shape of the window is kept: sizes alone."""
    return Path(platformdirs.user_state_dir("abusetrack")) / "window.json"
