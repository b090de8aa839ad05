"""A cache gives back what was put for the same key, or nothing."""

import json
import os

import pytest

from kb_builder.cache import Cache, _stamps_of_code, digest, open_cache


def make_cache(folder, values, *, maker="us"):
    cache = Cache(folder, maker=lambda: maker)
    for name, value in values.items():
        cache.put(name, f"key of {name}", value)
    cache.save()
    cache.close()


def reopened(folder, *, maker="us"):
    return Cache(folder, maker=lambda: maker)


def only(folder, pattern):
    (path,) = folder.glob(pattern)
    return path


def test_a_value_is_found_by_name_and_key(tmp_path):
    make_cache(tmp_path, {"a": b"first", "b": b"\x00second"})

    cache = reopened(tmp_path)

    assert cache.get("a", "key of a") == b"first"
    assert cache.get("b", "key of b") == b"\x00second"
    assert cache.get("a", "another key") is None
    assert cache.get("c", "key of c") is None
    assert cache.note == ""


def test_what_is_not_kept_is_forgotten(tmp_path):
    make_cache(tmp_path, {"a": b"first", "b": b"second"})
    cache = reopened(tmp_path)
    cache.keep("b")
    cache.put("c", "key of c", b"third")
    cache.save()

    again = reopened(tmp_path)

    assert [again.get(name, f"key of {name}") for name in "abc"] == [None, b"second", b"third"]


def test_a_build_that_fails_forgets_nothing(tmp_path):
    with open_cache(tmp_path, writes=True) as cache:
        cache.put("a", "1", b"first")
    with pytest.raises(RuntimeError), open_cache(tmp_path, writes=True) as cache:
        cache.put("b", "1", b"second")
        raise RuntimeError

    with open_cache(tmp_path, writes=False) as cache:
        assert (cache.get("a", "1"), cache.get("b", "1")) == (b"first", b"second")


def test_a_reader_changes_nothing(tmp_path):
    with open_cache(tmp_path, writes=True) as cache:
        cache.put("a", "1", b"first")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with open_cache(tmp_path, writes=False) as cache:
        cache.put("b", "1", b"second")

    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_the_file_of_values_does_not_grow_without_end(tmp_path):
    for turn in range(8):
        make_cache(tmp_path, {"a": os.urandom(600_000)})
        cache = reopened(tmp_path)
        assert cache.get("a", "key of a") is not None
        cache.close()
        assert only(tmp_path, "values-*").stat().st_size < 3_000_000, turn


@pytest.mark.parametrize("most_at_once", [1, 400_000, 8_000_000])
def test_values_stay_what_they_are_when_idle_bytes_are_left_out(tmp_path, monkeypatch, most_at_once):
    monkeypatch.setattr("kb_builder.cache._MOST_AT_ONCE", most_at_once)
    values = {str(number): bytes([number]) * 100_000 * (number % 4) for number in range(20)}
    make_cache(tmp_path, values)
    size = only(tmp_path, "values-*").stat().st_size
    for turn in range(6):
        cache = reopened(tmp_path)
        cache.keep_all("")
        values["7"] = os.urandom(1_000_000)
        cache.put("7", "key of 7", values["7"])
        cache.save()
        cache.close()

        cache = reopened(tmp_path)
        assert {name: cache.get(name, f"key of {name}") for name in values} == values, turn
        cache.close()
    assert only(tmp_path, "values-*").name != "values-1"
    assert only(tmp_path, "values-*").stat().st_size < 3 * size


def test_a_value_may_be_put_in_parts_and_looked_at_where_it_lies(tmp_path):
    cache = reopened(tmp_path)
    cache.put("a", "1", b"fir", memoryview(b"st"), b"")
    cache.save()
    cache.close()
    cache = reopened(tmp_path)

    value = cache.view("a", "1")
    cache.close()  # somebody still looks at it

    assert value == b"first"
    assert reopened(tmp_path).get("a", "1") == b"first"
    assert reopened(tmp_path).view("a", "2") is None


def test_what_a_killed_build_appended_is_overwritten(tmp_path):
    make_cache(tmp_path, {"a": b"first"})
    with only(tmp_path, "values-*").open("ab") as file:
        file.write(b"half a val")
    cache = reopened(tmp_path)
    cache.keep("a")
    cache.put("b", "1", b"second")
    cache.save()

    again = reopened(tmp_path)

    assert (again.get("a", "key of a"), again.get("b", "1")) == (b"first", b"second")
    assert only(tmp_path, "values-*").read_bytes() == b"firstsecond"


@pytest.mark.parametrize(
    ("damage", "note"),
    [
        (lambda folder: (folder / "index.json").write_bytes(b"\xff\xfe"), "it is damaged"),
        (lambda folder: (folder / "index.json").write_text("{}"), "it is damaged"),
        (lambda folder: (folder / "index.json").write_text(f"{digest('[1]')}\n[1]"), "it is damaged"),
        (lambda folder: only(folder, "values-*").unlink(), "it is not whole"),
        (lambda folder: only(folder, "values-*").write_bytes(b"fir"), "it is damaged"),
    ],
)
def test_a_damaged_cache_is_not_used_and_the_next_build_makes_a_new_one(tmp_path, damage, note):
    """H34"""
    make_cache(tmp_path, {"a": b"first"})
    damage(tmp_path)

    cache = reopened(tmp_path)
    assert (cache.note, cache.get("a", "key of a")) == (note, None)
    cache.put("a", "key of a", b"anew")
    cache.save()

    assert reopened(tmp_path).get("a", "key of a") == b"anew"


def test_a_value_that_has_changed_on_the_disk_is_not_given(tmp_path):
    make_cache(tmp_path, {"a": b"first", "b": b"second"})
    only(tmp_path, "values-*").write_bytes(b"fiRstsecond")

    cache = reopened(tmp_path)

    assert (cache.get("a", "key of a"), cache.get("b", "key of b")) == (None, b"second")
    assert (cache.view("a", "key of a"), cache.view("b", "key of b")) == (None, b"second")


def test_the_cache_of_another_version_is_not_used(tmp_path):
    """H34"""
    make_cache(tmp_path, {"a": b"first"}, maker="an older one")

    cache = reopened(tmp_path)

    assert (cache.note, cache.get("a", "key of a")) == ("another version made it", None)


def test_an_index_that_names_a_file_elsewhere_reads_nothing_there(tmp_path):
    make_cache(tmp_path / "cache", {"a": b"first"})
    (tmp_path / "secret").write_bytes(b"secret")
    index = json.loads((tmp_path / "cache" / "index.json").read_text().partition("\n")[2])
    index["file"] = "../secret"
    body = json.dumps(index)
    (tmp_path / "cache" / "index.json").write_text(f"{digest(body)}\n{body}")

    assert reopened(tmp_path / "cache").note == "it is not whole"


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path):
    """H37"""
    (tmp_path / "cache").write_text("a file in its place")

    with open_cache(tmp_path / "cache", writes=True) as cache:
        cache.put("a", "1", b"first")

    assert cache.note.startswith("it cannot be written")


def test_the_code_is_read_again_only_when_it_was_written_again(tmp_path, monkeypatch):
    read, stamps = [], ["1" * 32]
    monkeypatch.setattr("kb_builder.cache.maker", lambda: read.append(stamps[0]) or "a" * 32)
    monkeypatch.setattr("kb_builder.cache._stamps_of_code", lambda: stamps[0])

    for stamps[0] in ("1" * 32, "1" * 32, "2" * 32, "2" * 32):
        with open_cache(tmp_path, writes=True) as cache:
            cache.put("a", "1", b"first")
    (tmp_path / "maker.txt").write_bytes(b"\xff 2")
    with open_cache(tmp_path, writes=True) as cache:
        assert cache.get("a", "1") == b"first"

    assert read == ["1" * 32, "2" * 32, "2" * 32]


def test_stamps_of_code_are_the_same_until_a_file_is_another(tmp_path, monkeypatch):
    (tmp_path / "code.py").write_text("1")
    monkeypatch.setattr("kb_builder.cache._code", lambda: (str(tmp_path / "code.py"),))
    before = [_stamps_of_code.__wrapped__() for _ in range(2)]

    (tmp_path / "code.py").write_text("22")

    assert before[0] == before[1] != _stamps_of_code.__wrapped__()
