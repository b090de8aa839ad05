"""One address cannot take the room of the others."""

from __future__ import annotations

from kb_builder.analytics.collect.limits import AddressLimits


def test_one_address_is_limited_and_the_others_are_not():
    limits = AddressLimits(per_second=10, burst=100)

    allowed = sum(limits.take("192.0.2.1", 1, now=number / 10_000) for number in range(10_000))

    assert 100 <= allowed <= 111
    assert limits.take("192.0.2.2", 100, now=1.0)


def test_tokens_come_back_with_time_up_to_the_burst():
    limits = AddressLimits(per_second=10, burst=100)
    assert limits.take("192.0.2.1", 100, now=0)
    assert not limits.take("192.0.2.1", 10, now=0.9)
    assert limits.take("192.0.2.1", 10, now=1.0)
    assert limits.take("192.0.2.1", 100, now=1000)
    assert not limits.take("192.0.2.1", 1, now=1000)


def test_the_addresses_of_one_ipv6_network_share_a_bucket():
    limits = AddressLimits(per_second=1, burst=10)

    assert limits.take("2001:db8::1", 10, now=0)
    assert not limits.take("2001:db8::ffff:2", 1, now=0)
    assert limits.take("2001:db8:0:1::1", 10, now=0)


def test_addresses_are_forgotten_so_that_memory_stays_flat_and_a_flood_is_seen():
    limits = AddressLimits(per_second=1, burst=1, max_addresses=1000)

    for number in range(10_000):
        assert limits.take(f"198.51.{number // 250}.{number % 250}", 1, now=number / 1000)

    assert limits.active(now=10) == 1000
    assert limits.active(now=1000) == 0
