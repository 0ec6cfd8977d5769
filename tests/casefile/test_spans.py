from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abusetrack.casefile import spans

networks = st.one_of(
    st.builds(
        lambda number, length: ipaddress.IPv4Network((number, length), strict=False),
        st.integers(0, 2**32 - 1), st.integers(0, 32),
    ),
    st.builds(
        lambda number, length: ipaddress.IPv6Network((number, length), strict=False),
        st.integers(0, 2**128 - 1), st.integers(0, 128),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("192.0.2.7", "00000000000000000000ffffc0000207"),
        ("2001:db8::7", "20010db8000000000000000000000007"),
    ],
)
def test_addresses_are_written_in_one_length(text, digits):
    assert spans.digits(ipaddress.ip_address(text)) == digits


@given(networks)
def test_every_prefix_that_covers_begins_with_a_start(network):
    found = spans.starts(network)
    for length in range(network.prefixlen + 1):
        wide = network.supernet(new_prefix=length)
        assert spans.digits(wide.network_address) in found
    assert len(found) <= network.prefixlen + 1
    assert sorted(found) == found
    assert spans.bounds(network)[0] == found[-1]
