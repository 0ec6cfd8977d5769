"""The guard itself: a check that cannot fail would be worthless."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 53), ("8.8.8.8", 53)])
def test_a_packet_elsewhere_is_refused_and_remembered(socket_guard, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(PermissionError):
        sock.sendto(b"x", address)
    assert socket_guard.violations
    socket_guard.violations.clear()


def test_a_name_is_not_given_to_the_system_resolver(socket_guard):
    with pytest.raises(PermissionError):
        socket.getaddrinfo("reported.example", 80)
    assert socket_guard.violations
    socket_guard.violations.clear()


def test_loopback_is_free_until_narrowed(socket_guard):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", ("127.0.0.1", 9))
        socket_guard.only = {("127.0.0.1", 10)}
        with pytest.raises(PermissionError):
            sock.sendto(b"x", ("127.0.0.1", 9))
    assert ("127.0.0.1", 9) in socket_guard.touched
    socket_guard.violations.clear()
