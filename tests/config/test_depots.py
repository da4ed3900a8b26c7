from __future__ import annotations

from pathlib import Path

import pytest

from app.config.depots import BucketPlace, FolderPlace, read_export_targets, read_s3_endpoint, read_s3_region
from app.config.reading import SettingsError

HOME = Path("/srv/breakwater")


def test_without_a_word_exports_lie_in_the_home() -> None:
    assert read_export_targets(None, HOME) == {"local": FolderPlace(HOME / "exports", is_own=True)}


def test_places_have_names() -> None:
    found = read_export_targets("disk=/srv/exports, disk-2=/mnt/more,far=s3://exports/a/b/,all=s3://exports", HOME)
    assert found == {
        "disk": FolderPlace(Path("/srv/exports")),
        "disk-2": FolderPlace(Path("/mnt/more")),
        "far": BucketPlace("exports", "a/b"),
        "all": BucketPlace("exports", ""),
    }
    assert str(found) == "disk=/srv/exports,disk-2=/mnt/more,far=s3://exports/a/b,all=s3://exports"


@pytest.mark.parametrize(
    "value",
    [
        "/srv/exports",
        "disk=",
        "disk=exports",
        "disk=/",
        "disk=/srv/../etc",
        "disk=/srv/\x1bexports",
        "Disk=/srv/exports",
        "=/srv/exports",
        "one=/srv/exports,one=/srv/more",
        "one=/srv/exports,two=/srv/exports",
        "one=/srv/exports,",
        "far=s3://",
        "far=s3://Bucket",
        "far=s3://bucket/../x",
        "far=s3://key:secret@bucket",
        "far=s3://bucket/.hidden",
        "far=https://buckets.example.org/exports",
        "one=s3://exports,two=s3://exports/",
        ",".join(f"n{number}=/srv/{number}" for number in range(17)),
    ],
)
def test_other_places_are_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_EXPORT_TARGETS takes ") as caught:
        read_export_targets(value, HOME)
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("https://buckets.example.org", "https://buckets.example.org"),
        ("https://buckets.example.org:9000/", "https://buckets.example.org:9000"),
        ("http://127.0.0.1:7480", "http://127.0.0.1:7480"),
        ("http://[::1]:7480", "http://[::1]:7480"),
    ],
)
def test_a_server_of_buckets_is_named_by_its_origin(value: str | None, expected: str | None) -> None:
    assert read_s3_endpoint(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "buckets.example.org",
        "http://buckets.example.org",
        "https://:443",
        "https://key:secret@buckets.example.org",
        "https://buckets.example.org/exports",
        "https://buckets.example.org?x",
        "https://buckets.example.org:0",
        "https://buckets.example.org:99999",
        "https://[::1",
        "ftp://127.0.0.1",
    ],
)
def test_another_server_is_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^BREAKWATER_S3_ENDPOINT must be ") as caught:
        read_s3_endpoint(value)
    assert value not in str(caught.value)


def test_a_region_is_a_word() -> None:
    assert read_s3_region(None) == "us-east-1"
    assert read_s3_region("eu-central-1") == "eu-central-1"
    with pytest.raises(SettingsError):
        read_s3_region("eu central")
