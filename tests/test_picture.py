"""The picture of the README shows what its commands print; `python -m tests.picture` makes it."""

import re

from tests.picture import PICTURE, draw, told, words
from tests.test_readme import TEXT


def test_the_picture_shows_what_its_commands_print():
    assert words(PICTURE.read_text("utf-8")) == words(draw(told()))


def test_nothing_of_it_is_loaded_from_afar_or_varies():
    picture = PICTURE.read_text("utf-8")
    assert "url(http" not in picture
    assert not re.search("[0-9a-f]{8}-[0-9a-f]{4}-|/tmp/|T\\d\\d:\\d\\d", picture)


def test_it_is_in_the_readme():
    assert f"]({PICTURE.parent.name}/{PICTURE.name})" in TEXT
