"""Which block of addresses an RDAP answer is about (pure)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network, summarize_address_range

from abusetrack.lookup import texts
from abusetrack.lookup.addresses import Address
from abusetrack.lookup.jcard import as_list
from abusetrack.lookup.prefixes import Network


def block_of(value: dict[str, object], address: Address, oddities: list[str]) -> Network | None:
    """Return the announced or registered block that covers ``address``."""
    try:
        start = ip_address(_bare(value.get("startAddress")))
        end = ip_address(_bare(value.get("endAddress")))
        # A range need not be one block: the block that holds the address counts.
        blocks: list[Network] = list(summarize_address_range(start, end))
    except (ValueError, TypeError):
        oddities.append("startAddress or endAddress is no address")
        blocks = _cidr0(value)
    return next((block for block in blocks if address in block), None)


def _bare(value: object) -> str:
    return (texts.clean(value) or "").partition("/")[0]


def _cidr0(value: dict[str, object]) -> list[Network]:
    blocks: list[Network] = []
    for item in as_list(value.get("cidr0_cidrs"), [], "cidr0_cidrs"):
        if isinstance(item, dict):
            start = texts.clean(item.get("v4prefix")) or texts.clean(item.get("v6prefix"))
            try:
                blocks.append(ip_network(f"{start}/{texts.clean(item.get('length'))}"))
            except ValueError:
                continue
    return blocks
