from __future__ import annotations

import json
import zipfile


def test_a_zip_of_versions_sizes_and_log_without_any_name(abusetrack):
    (abusetrack.folder / "list.txt").write_text("https://zz-marker.test/page\n")
    abusetrack.config.write_text('[organisation]\nname = "zz-marker"\n')
    abusetrack.said("import", "list.txt")
    said = abusetrack.said("diagnostics", "--out", "out.zip").output
    assert "versions.json" in said
    with zipfile.ZipFile(abusetrack.folder / "out.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("zz-marker" in text for text in texts.values())
    assert json.loads(texts["case-file.json"])["rows of report"] == 1
    assert json.loads(texts["settings.json"])["organisation.name"] == "set"
    assert "exists already" in abusetrack.said("diagnostics", "--out", "out.zip", code=2).output


def test_without_a_case_file_or_its_passphrase_the_rest_is_told(abusetrack):
    abusetrack.said("diagnostics", "--out", "none.zip")
    with zipfile.ZipFile(abusetrack.folder / "none.zip") as archive:
        assert json.loads(archive.read("case-file.json")) == "there is no case file"
    assert not abusetrack.case.exists()
