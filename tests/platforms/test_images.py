"""Image names of every platform and what they fit, by the tables in their folders; what platforms are called."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest

from swimctl import platforms
from swimctl.errors import NotFound, UsageError
from swimctl.platforms.facts import ImageName

each_platform = pytest.mark.parametrize("name", platforms._PLATFORMS)


def table(name: str) -> ModuleType:
    """Load a platform's table; one without it fails."""
    return import_module(f"platforms.{name}.image_names")


@each_platform
def test_a_file_name_is_read_by_its_own_platform_alone(name: str) -> None:
    images, told = platforms.images_of(name), table(name)
    assert told.NAMES
    for file, (family, version, kind) in told.NAMES.items():
        assert images.read_filename(file) == platforms.read_filename(file) == ImageName(name, family, version, kind)
        others = [other for other in platforms._PLATFORMS if platforms.images_of(other).read_filename(file)]
        assert others == [name], file


@each_platform
def test_what_is_no_image_of_the_platform_is_not_read(name: str) -> None:
    told = table(name)
    assert told.NO_IMAGES
    for file in told.NO_IMAGES:
        assert platforms.images_of(name).read_filename(file) is None, file


@each_platform
def test_what_fits(name: str) -> None:
    told = table(name)
    for model, families in told.FITS.items():
        assert {family: platforms.fits(name, family, model) for family in families} == families, model
    verdicts = {verdict for families in told.FITS.values() for verdict in families.values()}
    assert verdicts == {True, False, None}


@pytest.mark.parametrize(
    "alias",
    [
        "cisco_xe",
        "iosxe",
        "ios-xe",
        "cisco_iosxe",
        "cisco_ios_xe",
        "Cisco_XE",
        " iosxe ",
    ],
)
def test_aliases_of_the_platform(alias: str) -> None:
    assert platforms.canonical_platform(alias) == "cisco_xe"
    assert platforms.commands_of(alias).__name__ == "swimctl.platforms.cisco_xe.commands"
    assert platforms.fits(alias, "cat9k_iosxe", "C9300-48P") is True


@pytest.mark.parametrize("alias", ["ios", "cisco_ios", "cisco.ios.ios", " IOS "])
def test_what_inventories_call_ios_takes_images_of_both(alias: str) -> None:
    assert platforms.canonical_platform(alias) == "cisco_ios"
    assert platforms.commands_of(alias).__name__ == "swimctl.platforms.cisco_ios.commands"
    assert platforms.takes("cisco_ios", "cisco_xe")
    assert platforms.takes("cisco_ios", "cisco_ios")
    assert not platforms.takes("cisco_ios", "cisco_xr")
    assert not platforms.takes("cisco_xe", "cisco_ios")
    assert not platforms.takes("panos", "cisco_xe")
    assert platforms.platform_of_family("cisco_ios", "cat9k_iosxe") == "cisco_xe"
    assert platforms.platform_of_family("cisco_ios", "c2960x-universalk9") == "cisco_ios"
    assert platforms.platform_of_family("cisco_xe", "anything") == "cisco_xe"


def test_an_unknown_platform_is_named_with_the_known() -> None:
    assert platforms.canonical_platform("cisco_xee") is None
    with pytest.raises(NotFound, match=r"'cisco_xee' is not known \(did you mean 'cisco_xe'\?\); known: .*cisco_ios"):
        platforms.commands_of("cisco_xee")
    assert issubclass(NotFound, UsageError)
