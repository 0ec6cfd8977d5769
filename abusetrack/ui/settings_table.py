"""Every setting with its title and help, as the dialog shows them: one table."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from abusetrack.records import Role
from abusetrack.ui.words import word

_tr = partial(QCoreApplication.translate, "settings")

Line = tuple[str, str, str]  # key with its tables, title, help


def chapters() -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Return the pages of the dialog: title and options, in the present language."""
    return (
        (_tr("Organisation"), _organisation()),
        (_tr("Gate and status"), _standing()),
        (_tr("Resolver and lookups"), _lookups()),
        (_tr("Sources of facts"), _facts()),
        (_tr("Policy"), _policy()),
        (_tr("Waiting for answers"), _waiting()),
        (_tr("Re-checks"), _watch()),
        (_tr("Notices"), _notices()),
        (_tr("Work list"), _worklist()),
        (_tr("Figures"), _metrics()),
        (_tr("Case file and backups"), _case()),
        (_tr("Window"), _window()),
        (_tr("Team"), _team()),
        (_tr("Lists taken in"), _sources()),
    )


def _organisation() -> tuple[Line, ...]:
    needed = _tr("Nothing is exported while this is empty.")
    shown = _tr("Shown in notices where set.")
    return (
        ("organisation.name", _tr("Name"), needed),
        ("organisation.email", _tr("E-mail"), needed),
        ("organisation.jurisdiction", _tr("Jurisdiction"), needed),
        (
            "organisation.verification_url",
            _tr("Verification page"),
            _tr("Where a receiver can check that a notice is yours. ") + needed,
        ),
        (
            "organisation.dispute_email",
            _tr("E-mail for disputes"),
            _tr("How to contest stands in every notice. ") + needed,
        ),
        (
            "organisation.analyst",
            _tr("Analyst"),
            _tr("Who works here; stands in the audit and on every finding. Else the login name."),
        ),
        ("organisation.mandate", _tr("Mandate"), shown),
        ("organisation.website", _tr("Website"), shown),
        ("organisation.postal_address", _tr("Postal address"), shown),
        ("organisation.phone", _tr("Phone"), shown),
        ("organisation.phone_hours", _tr("Hours of the phone"), shown),
        (
            "organisation.membership.network",
            _tr("Member of"),
            _tr("A network of hotlines you belong to."),
        ),
        ("organisation.membership.number", _tr("Membership number"), shown),
        (
            "organisation.openpgp_fingerprint",
            _tr("OpenPGP fingerprint"),
            _tr("Of the key that signs your mail and the heads of backups."),
        ),
        (
            "organisation.reference_prefix",
            _tr("Prefix of references"),
            _tr("References read PREFIX-YEAR-NUMBER."),
        ),
        ("organisation.law_table", _tr("Table of laws"), _tr("The legal categories in use.")),
    )


def _standing() -> tuple[Line, ...]:
    return (
        (
            "organisation.police_gate",
            _tr("Everything must be cleared"),
            _tr("Police or lawyers must clear every domain before anything about it leaves."),
        ),
        (
            "organisation.gate_countries",
            _tr("Countries that must clear"),
            _tr("Two letters, one a line: what is hosted there. An unknown country counts as any."),
        ),
        (
            "organisation.designated_in",
            _tr("Designated in"),
            _tr("Countries, two letters, one a line, whose government designated you."),
        ),
        (
            "organisation.trusted_flagger.authority",
            _tr("Trusted flagger by"),
            _tr("The authority that awarded it: Article 22 of Regulation (EU) 2022/2065."),
        ),
        ("organisation.trusted_flagger.number", _tr("Trusted flagger number"), ""),
        (
            "policy.second_analyst",
            _tr("A second analyst must approve"),
            _tr("Drafts to registrars and registries, and withdrawals."),
        ),
    )


def _lookups() -> tuple[Line, ...]:
    return (
        (
            "resolver.nameservers",
            _tr("Resolvers"),
            _tr(
                "Addresses, one a line, with a port if not 53. Unfiltered and validating, best an"
                " Unbound of your own: a filtering one hides what you are looking for."
            ),
        ),
        (
            "resolver.stop_page_tables",
            _tr("Tables of stop pages"),
            _tr("Files, one a line: addresses that resolvers answer instead of the truth."),
        ),
        (
            "lookup.ask_registrar",
            _tr("Ask the registrar"),
            _tr("The registrar's own RDAP: always, after the gate is cleared, or never."),
        ),
        (
            "lookup.proxy",
            _tr("Proxy"),
            _tr("socks5://ADDRESS:PORT or http://ADDRESS:PORT; every lookup then goes through it."),
        ),
        (
            "lookup.user_agent_contact",
            _tr("Contact in requests"),
            _tr("Added to the name of the app in requests; only if you want to be known."),
        ),
        ("lookup.question_seconds", _tr("Seconds for a question"), _tr("One try of one question.")),
        ("lookup.name_seconds", _tr("Seconds for a name"), _tr("Everything about one name.")),
        ("pace.concurrency", _tr("Names at a time"), _tr("Looked up at the same time.")),
        (
            "pace.per_host_per_second",
            _tr("Questions a second"),
            _tr("To one remote host; 0 is unlimited, for servers of your own."),
        ),
    )


def _facts() -> tuple[Line, ...]:
    files = _tr("Files, one a line, besides the shipped table.")
    return (
        (
            "rdap.bootstrap",
            _tr("Reference data"),
            _tr("IANA's, or a URL or folder of your own; with a folder nothing is fetched."),
        ),
        (
            "rdap.unlisted",
            _tr("Also unlisted RDAP services"),
            _tr("Of country-code registries that IANA does not list."),
        ),
        (
            "rdap.allowed_hosts",
            _tr("Allowed RDAP hosts"),
            _tr("host:port, one a line, that may be private or plain http."),
        ),
        ("whois.enabled", _tr("Ask WHOIS"), _tr("Where RDAP has no service or no answer.")),
        (
            "whois.servers",
            _tr("WHOIS servers"),
            _tr("suffix = host:port, one a line; asked before the built-in table."),
        ),
        ("network.origin_zone", _tr("Zone of origin AS"), _tr("Of answers by DNS, for IPv4.")),
        ("network.origin6_zone", _tr("Zone of origin AS, IPv6"), ""),
        ("network.asn_zone", _tr("Zone of AS names"), ""),
        ("network.cdn_tables", _tr("Tables of CDNs"), files),
        ("network.parking_tables", _tr("Tables of parking"), files),
        ("network.sinkhole_tables", _tr("Tables of sinkholes"), files),
        (
            "names.extra_suffixes",
            _tr("Further suffixes"),
            _tr("A file in the format of the Public Suffix List, added to the shipped one."),
        ),
        (
            "geo.databases",
            _tr("Country tables"),
            _tr("Files in MMDB format, one a line; each is one more source."),
        ),
        (
            "geo.shipped_tables",
            _tr("Shipped country tables"),
            _tr("One more source of countries, and of the origin AS where the answer failed."),
        ),
    )


def _policy() -> tuple[Line, ...]:
    return (
        (
            "policy.persistence_days",
            _tr("Days of reports"),
            _tr("Confirmed reports on so many separate days make a domain persistently abusive."),
        ),
        (
            "policy.hop_tlds",
            _tr("Endings of a hop"),
            _tr("So does the same string, assessed as dedicated, under so many endings."),
        ),
        (
            "policy.after_hours",
            _tr("Hours after a notice"),
            _tr("So does a confirmed report so long after a notice, or after a hold or removal."),
        ),
        (
            "policy.still_up_days",
            _tr("Days still up"),
            _tr("So does being delegated and not held so long after a notice to the registrar."),
        ),
        (
            "policy.still_present_days",
            _tr("Days still present"),
            _tr("So does content reported present so long after a notice to host or platform."),
        ),
        (
            "policy.old_domain_years",
            _tr("Years of an old domain"),
            _tr("A dedicated site on a name that old may be a hacked one."),
        ),
        (
            "policy.infrastructure_days",
            _tr("Days of infrastructure"),
            _tr("A name whose servers served others within so many days is infrastructure."),
        ),
        (
            "policy.shared_names",
            _tr("Names of a shared server"),
            _tr("Servers with more names than that in the case file link nobody."),
        ),
        (
            "policy.registration_max_age_hours",
            _tr("Age of registrations"),
            _tr("Hours; younger answers are not asked again."),
        ),
        (
            "policy.network_max_age_hours",
            _tr("Age of networks"),
            _tr("Hours; younger answers are not asked again."),
        ),
        ("policy.freshness_hours", _tr("Freshness"), _tr("Hours; older facts stop a draft.")),
        (
            "policy.reply_by_days",
            _tr("Days to answer"),
            _tr("What a notice asks for; a request, not a deadline."),
        ),
        (
            "policy.duplicate_days",
            _tr("Days of a duplicate"),
            _tr("The same domain to the same party is not drafted again so soon, unless asked."),
        ),
        (
            "policy.contact_max_age_days",
            _tr("Age of contacts"),
            _tr("Days; contacts that nobody saw to be right for so long are warned of."),
        ),
        (
            "policy.retention_months",
            _tr("Months of retention"),
            _tr("How long paths, notes, references and the like are kept."),
        ),
    )


def _waiting() -> tuple[Line, ...]:
    help_ = _tr("Hours until a reminder, and until the next one up: 48, 120.")
    roles = (
        Role.PLATFORM, Role.HOST, Role.CDN, Role.REGISTRAR, Role.REGISTRY, Role.RESELLER,
        Role.SEARCH_ENGINE, Role.HOTLINE, Role.AUTHORITY, Role.ICANN,
    )  # fmt: skip
    return tuple(
        (f"policy.waiting_hours.{role.name.lower()}", word(role).capitalize(), help_)
        for role in roles
    )


def _watch() -> tuple[Line, ...]:
    never = _tr("0 days is never.")
    return (
        (
            "watch.hourly_hours",
            _tr("Hourly for"),
            _tr("Hours after a notice was marked sent."),
        ),
        ("watch.daily_days", _tr("Then daily for"), _tr("Days after the notice.")),
        ("watch.held_days", _tr("Held names every"), _tr("Days between checks. ") + never),
        ("watch.gone_days", _tr("Gone names every"), _tr("Days between checks. ") + never),
        ("watch.active_days", _tr("Other names every"), _tr("Days between checks. ") + never),
        (
            "watch.after_drop_days",
            _tr("Dropped names for"),
            _tr("Days of daily checks, because anyone can take the name."),
        ),
        (
            "watch.in_window",
            _tr("Check while the window is open"),
            _tr("Else only 'abusetrack watch' checks."),
        ),
    )


def _notices() -> tuple[Line, ...]:
    return (
        (
            "notices.template_folder",
            _tr("Own templates"),
            _tr("A folder with LANGUAGE/ROLE/RUNG.txt.jinja, used before the shipped ones."),
        ),
        ("notices.page_size", _tr("Page size"), _tr("Of PDF files.")),
        (
            "notices.encrypted_addresses_only",
            _tr("Page addresses only encrypted"),
            _tr("They leave by mail only encrypted to a key of the recipient."),
        ),
        ("notices.sign", _tr("Sign mails"), _tr("Through gpg, with your OpenPGP key.")),
        ("notices.gnupg_home", _tr("Home of gpg"), _tr("A folder; else gpg's own.")),
    )


def _worklist() -> tuple[Line, ...]:
    points = _tr("Points.")
    return (
        ("worklist.severity", _tr("Worst finding"), _tr("Points at the worst of your scale.")),
        ("worklist.severity_scale", _tr("Scale of severity"), _tr("Its largest number.")),
        ("worklist.severity_one_is_worst", _tr("1 is the worst"), ""),
        ("worklist.confirmed", _tr("Confirmed report"), points),
        ("worklist.commercial", _tr("Commercial site"), points),
        ("worklist.persistent", _tr("Persistently abusive"), points),
        ("worklist.withdrawal", _tr("Withdrawal to be drafted"), points),
        ("worklist.waiting_day", _tr("A day of waiting"), points),
        ("worklist.waiting_days", _tr("Days that count"), _tr("Waiting longer adds nothing.")),
    )


def _metrics() -> tuple[Line, ...]:
    return (
        (
            "metrics.home_country",
            _tr("Own country"),
            _tr("Two letters: its share and median time are said apart."),
        ),
        (
            "metrics.names_under_management",
            _tr("Names under management"),
            _tr("ICANN's per-registrar reports, CSV files, one a line."),
        ),
    )


def _case() -> tuple[Line, ...]:
    return (
        (
            "case.file",
            _tr("Case file"),
            _tr("Where it stands, unless named at the start; used from the next start on."),
        ),
        (
            "case.keyring",
            _tr("Ask the system's keyring"),
            _tr("Before asking for the passphrase. Who can use your session can then open it."),
        ),
        ("backup.folder", _tr("Folder of backups"), _tr("Where copies are rotated.")),
        ("backup.keep", _tr("Backups kept"), ""),
    )


def _window() -> tuple[Line, ...]:
    return (
        (
            "window.colours",
            _tr("Colours"),
            _tr("As the system has them, or always light, dark, or of high contrast."),
        ),
        (
            "window.reveal_names",
            _tr("Names shown at the start"),
            _tr("Else they are masked until Ctrl+Shift+M shows them."),
        ),
        (
            "window.calm",
            _tr("Calm at the start"),
            _tr("Numbers and colours are hidden until Ctrl+Shift+H shows them."),
        ),
        (
            "window.notify",
            _tr("Tell the desktop"),
            _tr("When lookups end while you work elsewhere: how many, never which."),
        ),
        (
            "window.lock_minutes",
            _tr("Lock after"),
            _tr("Minutes without a key or a move; 0 is never. Only an encrypted file is locked."),
        ),
    )


def _team() -> tuple[Line, ...]:
    return (
        (
            "hub.server",
            _tr("Hub"),
            _tr("postgresql://USER@HOST:PORT/DATABASE, without a password; 'hub join' sets it."),
        ),
        (
            "hub.tls_root",
            _tr("Trusted certificates"),
            _tr("File that the hub's certificate is verified with; the system's where empty."),
        ),
        ("hub.key_file", _tr("File of the team's key"), _tr("The system's keyring where empty.")),
        ("hub.minutes", _tr("Exchange every"), _tr("Minutes, while the window is open; 0: never.")),
        ("hub.claim_hours", _tr("A claim lasts"), _tr("Hours.")),
    )


def _sources() -> tuple[Line, ...]:
    return (
        (
            "sources",
            _tr("Source profiles"),
            _tr("TOML, one table for each source: [name] with date_format, zone, source, columns."),
        ),
        (
            "hashes.enabled",
            _tr("Keep hashes of material"),
            _tr("Ask first whether your law and your partners allow it; never in notices."),
        ),
        (
            "partners",
            _tr("Partners"),
            _tr("TOML, one table for each: [name] with kind, level, tlp, openpgp_fingerprint, …"),
        ),
        (
            "practice",
            _tr("Practice"),
            _tr("Set by the practice internet: every draft says that it is no notice."),
        ),
    )
