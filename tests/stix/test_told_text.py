"""What is found of a child and of pictures in texts, and the sentences about behaviour that must pass."""

from __future__ import annotations

import pytest

from app.stix.told_text import what_is_told


@pytest.mark.parametrize(
    "text",
    [
        "Emma Smith, 12, Greenfield Primary School",
        "Emma Smith, 12, Greenfield Primary School sends pictures",
        "Emma Smith aged 12 was in the room",
        "A 12 year old girl named Emma Smith from Greenfield Primary School",
        "The child is called Emma, aged 12, lives at 4 Mill Lane, Leeds",
        "A 12-year-old who attends Greenfield Academy",
        "The girl, aged 9, lives in Leeds",
        "The victim's name is Emma",
        "Her name is Emma and she answered",
        "Emma, 12, from Leeds",
        "Emma (12) from Leeds",
        "aged 11, 14 Mill Lane",
        "aged 11, of 14 Old Mill Lane in the north",
    ],
)
def test_what_describes_one_child_is_found(text: str) -> None:
    assert len(what_is_told(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Pictures at https://img.example/123.jpg",
        "See hxxps[:]//img[.]example/a/b.mp4?x=1 for it",
        "At files.example.org/123.png, and more.",
        "https://img.example/1[.]webp",
    ],
)
def test_a_link_to_a_picture_or_video_is_found(text: str) -> None:
    assert what_is_told(text) == ["a link to a picture or video"]


@pytest.mark.parametrize(
    "text",
    [
        "Asks 12 to 14 year olds for live video",
        "Somebody asks children aged 12 to 14 for live video",
        "Targets 13-year-olds in a game called Example Quest",
        "Asks a child to join a room called Sunshine",
        "Short-lived rooms that ask children for live video",
        "Poses as a 14 year old girl and asks for pictures",
        "Claims to be aged 15 in the profile",
        "Accounts aged 12 days are reused",
        "Seen on Monday, March 12, in Example Live",
        "Version 12, Example Live, in the United Kingdom",
        "The account offers files named a.jpg and b.mp4",
        "Rooms open for 10 minutes, 12 times a day, on Example Chat",
        "Reported to National Hotline, 3 times",
        "An adult account in London asks schools for contacts",
        "Links to https://rooms.example.org/short/17 are posted",
        "The room is called Mill Lane and has 12 members",
        "Users aged 16 and 17 are told to move to another service",
    ],
)
def test_behaviour_is_told_in_peace(text: str) -> None:
    assert what_is_told(text) == []
