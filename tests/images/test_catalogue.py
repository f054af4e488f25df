from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from support.projects import IMAGE, LITE, Project

from swimctl.errors import ConflictError, ImageError, NotFound
from swimctl.images import catalogue
from swimctl.models import Device, Image, ImageKind
from swimctl.platforms.facts import ImageName

PATCH = "cat9k_iosxe.17.06.03.CSCwa00001.SPA.smu.bin"
DEVICE = Device(1, "sw1", "cisco_xe", "sw1", groups=("floor-1", "access"), model="C9300-24P")


def image_of(folder: Path, number: int, name: str = IMAGE) -> Image:
    path = folder / name
    path.write_bytes(b"image")
    what = catalogue.read_filename(name)
    return Image(
        number, name, path, what.platform, what.family, what.version, 5, "s", "m", datetime(2031, 1, 1, tzinfo=UTC)
    )


class TestNames:
    @pytest.mark.parametrize(
        ("name", "family", "version"),
        [
            ("cat9k_iosxe.17.09.04a.SPA.bin", "cat9k_iosxe", "17.09.04a"),
            ("cat9k_lite_iosxe.16.12.05b.SPA.bin", "cat9k_lite_iosxe", "16.12.05b"),
            ("isr4300-universalk9.17.06.05.SPA.bin", "isr4300-universalk9", "17.06.05"),
        ],
    )
    def test_a_vendors_name_says_it_all(self, name: str, family: str, version: str) -> None:
        assert catalogue.read_filename(name).family == family
        assert catalogue.describe(Path("/x") / name) == catalogue.read_filename(name)
        assert catalogue.describe(Path(name), version="17.99.1").version == "17.99.1"
        assert version.replace(".0", ".") == catalogue.read_filename(name).version.replace(".0", ".")

    def test_what_a_name_does_not_say_must_be_given(self) -> None:
        with pytest.raises(catalogue.NameUnknownError) as refused:
            catalogue.describe(Path("golden.bin"), family="cat9k_iosxe")
        assert refused.value.missing == ("platform", "version")
        assert "--platform and --image-version" in str(refused.value)
        told = catalogue.describe(Path("golden.bin"), platform="ios", family="cat9k_iosxe", version="17.9.4a")
        assert told == ImageName("cisco_xe", "cat9k_iosxe", "17.9.4a")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("fix.smu.bin", "a patch .* under another name"),
            ("cat9k-rpbase.17.09.04a.SPA.pkg", "a package of IOS-XE.*; swimctl installs whole images"),
            ("packages.conf", "a list of packages"),
            ("C9800-L-universalk9_wlc.17.09.04a.CSCwf00001.SPA.apsp.bin", "a pack for access points"),
            ("n7000-s2-kickstart.8.4.2.bin", "a kickstart of NX-OS"),
            ("nxos.CSCvx12345-n9k_ALL-1.0.0-9.3.5.lib32_n9000.rpm", "a package"),
            ("asr9k-mini-px.pie-6.4.2", "a package of classic IOS-XR"),
            ("ncs5500-7.3.2.CSCwa07903.tar", "an archive of packages of IOS-XR"),
            ("TerminAttr-1.19.5-1.swix", "an extension of EOS"),
            ("junos-install-media-usb-mx-x86-64-21.4R3.15.img.gz", "a USB stick"),
            ("EOS-4.28.3M.swi.sha512sum", "a hash file"),
            ("cat9k_iosxe.17.09.04a.SPA (1).bin", "rename"),
            ("-oProxyCommand=x.bin", "rename"),
            ("a;reload.bin", "rename"),
            ("ima\nge.bin", "rename"),
        ],
    )
    def test_what_is_no_image_is_refused_even_when_described(self, name: str, said: str) -> None:
        with pytest.raises(ImageError, match=said):
            catalogue.describe(Path(name), platform="cisco_xe", family="cat9k_iosxe", version="17.9.4a")

    @pytest.mark.parametrize(
        ("name", "given", "platform"),
        [
            (IMAGE, {"platform": "ios"}, "cisco_xe"),
            ("c2960x-universalk9-mz.152-7.E7.bin", {"platform": "ios"}, "cisco_ios"),
            ("cat4500e-universalk9-mz.150-2.SG.bin", {}, "cisco_ios"),
            ("x.bin", {"platform": "ios", "family": "cat9k_iosxe", "version": "1"}, "cisco_xe"),
            ("x.bin", {"platform": "ios", "family": "c2960x-universalk9", "version": "1"}, "cisco_ios"),
        ],
    )
    def test_which_of_the_two_that_are_called_ios_it_is_for(
        self, name: str, given: dict[str, str], platform: str
    ) -> None:
        assert catalogue.describe(Path(name), **given).platform == platform  # type: ignore[arg-type]  # none is a kind

    @pytest.mark.parametrize(
        ("name", "read"),
        [
            (PATCH, ImageName("cisco_xe", "cat9k_iosxe", "17.6.3", "patch")),
            ("n9000-epld.9.3.5.img", ImageName("cisco_nxos", "n9000-epld", "9.3(5)", "epld")),
        ],
    )
    def test_patches_and_epld_images_are_told_from_what_a_device_boots(self, name: str, read: ImageName) -> None:
        assert catalogue.describe(Path(name)) == read
        assert catalogue.describe(Path(name), kind=ImageKind(read.kind)) == read
        with pytest.raises(ImageError, match=f"of kind {read.kind}, not image"):
            catalogue.describe(Path(name), kind=ImageKind.IMAGE)

    def test_a_kind_is_given_where_the_name_does_not_say(self) -> None:
        given = {"platform": "cisco_xe", "family": "cat9k_iosxe", "version": "17.9.4a"}
        assert catalogue.describe(Path("golden.bin"), **given).kind == ImageKind.IMAGE
        assert catalogue.describe(Path("fix.bin"), **given, kind=ImageKind.PATCH).kind == ImageKind.PATCH

    def test_an_unknown_platform_is_refused(self) -> None:
        with pytest.raises(ImageError, match="known are cisco_xe"):
            catalogue.describe(Path(IMAGE), platform="vrp")

    @given(
        family=some.sampled_from(["cat9k_iosxe", "cat9k_lite_iosxe", "c8000v-universalk9"]),
        numbers=some.tuples(*[some.integers(0, 99)] * 3),
        letter=some.sampled_from(["", "a", "b", "t"]),
    )
    @example(family="cat9k_iosxe", numbers=(17, 9, 4), letter="a")
    def test_family_and_version_come_back(self, family: str, numbers: tuple[int, ...], letter: str) -> None:
        written = ".".join(f"{number:02d}" for number in numbers) + letter
        read = catalogue.read_filename(f"{family}.{written}.SPA.bin")
        assert (read.platform, read.family) == ("cisco_xe", family)
        digits = (
            [int(part) for part in read.version.removesuffix(letter).split(".")] if letter else read.version.split(".")
        )
        assert [int(part) for part in digits] == list(numbers)

    @given(some.text(max_size=60))
    def test_any_text_is_a_name_or_an_image_error(self, name: str) -> None:
        try:
            assert catalogue.read_filename(name).version
        except ImageError as refused:
            assert "--family" in str(refused)  # noqa: PT017  most texts are refused, the others must be read


class TestHashing:
    def test_both_hashes_in_one_pass(self, tmp_path: Path) -> None:
        content = os.urandom(2 * catalogue.CHUNK + 7)
        path = tmp_path / IMAGE
        path.write_bytes(content)
        heard: list[tuple[int, int]] = []
        found = catalogue.hash_file(path, lambda done, total: heard.append((done, total)))
        assert found == (len(content), hashlib.sha512(content).hexdigest(), hashlib.md5(content).hexdigest())  # noqa: S324  as devices do
        assert heard[-1] == (len(content), len(content))
        assert len(heard) == 3

    def test_a_file_that_grows_meanwhile_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / IMAGE
        path.write_bytes(b"x" * 10)

        def grow(_done: int, _total: int) -> None:
            with path.open("ab") as file:
                file.write(b"y")
            os.utime(path, ns=(1, 1))

        with pytest.raises(ImageError, match="changed while"):
            catalogue.hash_file(path, grow)

    def test_a_file_rewritten_in_its_size_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / IMAGE
        path.write_bytes(b"x" * 10)
        with pytest.raises(ImageError, match="changed while"):
            catalogue.hash_file(path, lambda _done, _total: os.utime(path, ns=(1, 1)))

    def test_what_is_no_file_is_refused(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.bin"
        empty.touch()
        pipe = tmp_path / "pipe.bin"
        os.mkfifo(pipe)
        for path, said in ((tmp_path, "folder"), (tmp_path / "gone", "exist"), (empty, "empty"), (pipe, "not a file")):
            with pytest.raises(ImageError, match=said):
                catalogue.hash_file(path)


class TestCatalogue:
    def test_the_same_file_twice_is_one_image(self, project: Project) -> None:
        with project.store() as store:
            assert project.add_image(store) == project.add_image(store)

    def test_the_same_name_with_other_bytes_is_refused(self, project: Project) -> None:
        with project.store() as store:
            project.add_image(store)
            with pytest.raises(ImageError, match=IMAGE):
                project.add_image(store, content=b"other")

    def test_verify_finds_a_changed_file(self, project: Project) -> None:
        with project.store() as store:
            image = project.add_image(store)
        catalogue.verify(image)
        image.path.write_bytes(b"imagE")
        with pytest.raises(ImageError, match="is not the file that was added"):
            catalogue.verify(image)

    def test_find_by_id_or_name(self, tmp_path: Path) -> None:
        images = [image_of(tmp_path, 1), image_of(tmp_path, 2, LITE)]
        assert [catalogue.find(ref, images).id for ref in (1, "1", IMAGE, LITE, 2)] == [1, 1, 1, 2, 2]
        with pytest.raises(NotFound, match=f"did you mean {IMAGE}"):
            catalogue.find(IMAGE.replace("12", "13"), images)

    def test_an_image_that_a_job_needs_stays(self, project: Project) -> None:
        from support.stores import some_jobs

        with project.store() as store:
            some_jobs(store, ["bern-1"])
            with pytest.raises(ConflictError):
                store.remove_image(1)


class TestFit:
    def test_an_image_of_another_family_or_platform_or_without_file_does_not_fit(self, tmp_path: Path) -> None:
        image, lite = image_of(tmp_path, 1), image_of(tmp_path, 2, LITE)
        assert catalogue.why_unfit(DEVICE, image) is None
        assert "does not run on C9300-24P" in (catalogue.why_unfit(DEVICE, lite) or "")
        assert catalogue.why_unfit(replace(DEVICE, model=None), lite) is None
        assert "is for cisco_xe, the device is eos" in (
            catalogue.why_unfit(replace(DEVICE, platform="eos"), image) or ""
        )
        assert catalogue.why_unfit(DEVICE, replace(image, kind=ImageKind.PATCH)) is None
        epld = replace(image, kind=ImageKind.EPLD)
        assert "of kind epld, which swimctl does not install on cisco_xe" in (catalogue.why_unfit(DEVICE, epld) or "")
        image.path.write_bytes(b"longer than it was")
        assert "swimctl image verify 1" in (catalogue.why_unfit(DEVICE, image) or "")
        image.path.unlink()
        assert "No such file" in (catalogue.why_unfit(DEVICE, image) or "")

    def test_a_device_called_ios_takes_images_of_both(self, tmp_path: Path) -> None:
        image, classic = image_of(tmp_path, 1), image_of(tmp_path, 2, "c2960x-universalk9-mz.152-7.E7.bin")
        ios = replace(DEVICE, platform="cisco_ios")
        assert catalogue.why_unfit(ios, image) is None
        assert "does not run on C9300-24P" in (catalogue.why_unfit(ios, classic) or "")
        assert catalogue.why_unfit(replace(ios, model="WS-C2960X-24TS-L"), classic) is None
        assert "does not run on WS-C2960X" in (catalogue.why_unfit(replace(ios, model="WS-C2960X-24TS-L"), image) or "")
        why = catalogue.why_unfit(DEVICE, classic) or ""
        assert "is for cisco_ios, the device is cisco_xe" in why
        assert "set `platform: cisco_ios` for the device" in why
