"""What is said about the store and the installation; most of it by `swimctl doctor` alone."""

from __future__ import annotations

from swimctl.topics.topic import Topic

TOPICS = (
    Topic(
        "store",
        "The store cannot be read or written: the disk is full, the file may not be opened, or it is damaged.",
        steps=(
            "Check disk and permissions; `swimctl store check` examines the file.",
            "If it is damaged: restore a backup, then `swimctl resume`.",
        ),
        pages={"store.md": "Back up and restore the store"},
        doctor=("store",),
    ),
    Topic(
        "store-replaced",
        "The file at the store's path is not the one that this process has open, or its `-wal` is gone. Nothing may "
        "be promised any more, so the process ends.",
        steps=(
            "End every swimctl process. Put the right file back, together with its `-wal` and `-shm`.",
            "`swimctl store check`, then `swimctl resume`.",
        ),
        pages={"store.md": "Back up and restore the store"},
    ),
    Topic(
        "store-lost",
        "The store failed while devices were under way, such as on a full disk. Each device finishes what it was told "
        "to do, and nobody looks at it meanwhile.",
        steps=(
            "Correct what the message names, soon: on some systems a timer of the device runs.",
            "`swimctl resume` asks the devices how far they got, and goes on. Do not start the upgrade anew.",
        ),
        pages={"store.md": "Back up and restore the store", "recovering-by-hand.md": "Recovering a device by hand"},
    ),
    Topic(
        "clock-speed",
        "`swimctl.clock_speed` is not 1: all deadlines pass faster. That is right for the lab, and wrong for real "
        "devices.",
        steps=("Remove `swimctl.clock_speed` from config.yaml, unless your devices are simulated.",),
        pages={"settings.md": "Settings"},
        doctor=("clock",),
    ),
    Topic(
        "notifications",
        "A URL in `swimctl.notify` cannot be read. Nothing was sent.",
        steps=("Correct it, or leave it out. It needs `pip install 'swimctl[notify]'`.",),
        pages={"settings.md": "Settings"},
        doctor=("notifications",),
    ),
    Topic(
        "write-back",
        "`swimctl.write_back` cannot be used: a token is missing, or its reference cannot be read. Nothing was sent.",
        steps=("Correct it, or leave it out. Upgrades work without it.",),
        pages={"write-back.md": "Tell NetBox and Nautobot"},
        doctor=("write-back",),
    ),
    Topic(
        "ends-of-support",
        "The file with the ends of support cannot be read.",
        steps=("Correct the line that is named.",),
        pages={"compliance.md": "What runs where"},
        doctor=("ends of support",),
    ),
    Topic(
        "checks",
        "A check by rules is wrong, or its parser is not installed.",
        steps=("Correct it, then `swimctl checks validate`.",),
        pages={"checks.md": "Checks by rules"},
        doctor=("checks",),
    ),
    Topic(
        "jobs-folder",
        "swimctl cannot write into the folder of the jobs. Transcripts and saved configurations go there.",
        steps=("Make it writable for the user who runs swimctl, or name another one in `swimctl.jobs_dir`.",),
        pages={"settings.md": "Settings"},
        doctor=("jobs folder",),
    ),
    Topic(
        "interrupted-jobs",
        "A process died or was stopped while it had these jobs. Their devices get no other job until then.",
        steps=("`swimctl resume` asks the devices how far they got, and goes on.",),
        pages={"states.md": "States"},
        doctor=("jobs",),
    ),
    Topic(
        "no-images",
        "The catalogue has no image, so nothing can be upgraded.",
        steps=("`swimctl image add FILE`, or a whole folder: `swimctl image add FOLDER`.",),
        pages={"cli.md#swimctl-image-add": "swimctl image add"},
        doctor=("images",),
    ),
    Topic(
        "golden-images",
        "No image is golden, so each upgrade needs `--image`.",
        steps=("`swimctl image golden ID` makes an image the one that its devices get.",),
        pages={"cli.md#swimctl-image-golden": "swimctl image golden"},
        doctor=("golden images",),
    ),
    Topic(
        "other-hosts",
        "The inventory has hosts of systems that swimctl does not upgrade. They get no job.",
        steps=(
            "Nothing, if this is right. `swimctl device list` names them.",
            "If a name of a platform is your own, say what it means: `swimctl.inventory.platform`.",
        ),
        pages={"inventories.md#hosts-of-other-systems": "Hosts of other systems"},
        doctor=("other hosts",),
    ),
    Topic(
        "credentials",
        "A device has no user, or a user and no password; or another account is used than in earlier releases.",
        steps=(
            "Set SWIMCTL_USERNAME and SWIMCTL_PASSWORD, or `swimctl.credentials_file`, or the account of the host.",
            "`swimctl device show NAME` shows which place gave the user and the password.",
        ),
        pages={"inventories.md#which-account-is-used": "Which account is used"},
        doctor=("credentials",),
    ),
)
