"""What is said about a request: nothing was started."""

from __future__ import annotations

from swimctl.topics.topic import Topic

TOPICS = (
    Topic(
        "error",
        "Something is wrong that has no code of its own.",
        steps=("Do what the message says.",),
        pages={"cli.md": "The command line"},
    ),
    Topic(
        "usage",
        "The command line is wrong: an unknown option, a value that cannot be read, or two options that exclude each "
        "other. Nothing was started.",
        steps=("`swimctl COMMAND --help` shows the options of a command.",),
        pages={"cli.md": "The command line"},
    ),
    Topic(
        "config",
        "config.yaml, a variable of the environment or the credentials file is wrong: a line cannot be read, a "
        "setting does not exist, a value is out of its limits, or a file with secrets may be read by others.",
        steps=(
            "Correct the line that the message names.",
            "`swimctl doctor --offline` checks all of it, and asks no device.",
        ),
        pages={"settings.md": "Settings", "inventories.md#references": "Secrets that stand elsewhere"},
        doctor=("config",),
    ),
    Topic(
        "inventory",
        "The list of devices cannot be read: a file or a server does not answer, a host has no platform, or none can "
        "be used. Two hosts with the same address and port, or the same serial number, are one device: it has one job "
        "at a time.",
        steps=(
            "Correct the host, the file or the server that the message names.",
            "`swimctl device list` shows all hosts, also those that get no job, with the reason.",
        ),
        pages={"inventories.md": "Inventories and accounts"},
        doctor=(
            "inventory",
            "device",
        ),
    ),
    Topic(
        "image",
        "An image file cannot be used: it is gone, it has other bytes than when it was added, it has another hash "
        "than the vendor's, its name says nothing, or it fits no device.",
        steps=(
            "`swimctl image list`, then `swimctl image verify ID`.",
            "If the file was damaged: fetch it again, `swimctl image remove ID`, `swimctl image add FILE`.",
        ),
        pages={"cli.md#swimctl-image-add": "swimctl image add"},
        doctor=("image",),
    ),
    Topic(
        "not-found",
        "A device, image, batch, job, workflow or campaign of this name or number does not exist.",
        steps=(
            "List what exists: `swimctl device list`, `image list`, `job list`, `workflow list`, `campaign list`.",
            "Are you in the right folder? The store and the inventory are those of this config.yaml.",
        ),
        pages={"cli.md": "The command line"},
    ),
    Topic(
        "selection",
        "The options select no device, or they name one that the inventory does not have.",
        steps=("`swimctl device list` with the same options shows what they select.",),
        pages={"cli.md#selecting-devices": "Selecting devices"},
    ),
    Topic(
        "conflict",
        "This is not possible in the present state: a device has a job already, changes are frozen, a batch has "
        "ended, or nothing waits for what you did.",
        steps=("`swimctl status` shows the state. Wait, cancel or resume, as the message says.",),
        pages={"states.md": "States"},
    ),
    Topic(
        "calendar",
        "An iCalendar file of config.yaml is gone, cut off, empty, or cannot be read. Nobody knows what it would "
        "forbid, so nothing is activated that needs it.",
        steps=(
            "Put a whole file there. Jobs that wait go on by themselves.",
            "`swimctl doctor --offline` shows what comes next in it.",
        ),
        pages={"times.md": "Times and calendars"},
        doctor=("calendar",),
    ),
    Topic(
        "stale-claim",
        "Another process has this job now, or the job has ended. This process does nothing more with it.",
        steps=("`swimctl status` shows who has it.",),
        pages={"architecture.md#commands-that-are-sent-once": "Commands that are sent once"},
    ),
    Topic(
        "already-done",
        "A request with this `Idempotency-Key` has made a batch already.",
        steps=("Nothing: you get the answer of the first request again.",),
        pages={"api.md": "The REST API"},
    ),
    Topic(
        "key-reused",
        "An `Idempotency-Key` came again, with another body.",
        steps=("Use a new key for each new request.",),
        pages={"api.md": "The REST API"},
    ),
    Topic(
        "access-refused",
        "You have no access.",
        steps=("Read the message: it says what is missing.",),
        pages={"security.md#roles-for-a-site-or-a-group": "Roles"},
    ),
    Topic(
        "out-of-reach",
        "Your roles do not allow this for all of the devices. A batch is done whole or not at all.",
        steps=("Leave out the devices that the message names, or ask somebody who may.",),
        pages={"security.md#roles-for-a-site-or-a-group": "Roles"},
    ),
    Topic(
        "no-role",
        "The password is right, and no group of this person has a role here.",
        steps=("Add the person to a group that `swimctl.ldap.roles` names.",),
        pages={"security.md#people-of-your-ldap-server": "People of your LDAP server"},
    ),
    Topic(
        "directory-away",
        "The LDAP server does not answer, so nobody can sign in by it. Tokens that exist go on working.",
        steps=(
            "`swimctl doctor` asks it as a sign-in does, and says what it answers.",
            "Check its address, its certificate, and the account in `swimctl.ldap`.",
        ),
        pages={"security.md#people-of-your-ldap-server": "People of your LDAP server"},
        doctor=("ldap",),
    ),
    Topic(
        "login-refused",
        "The user name or the password is wrong. swimctl does not say which.",
        steps=("Check both; `swimctl user list` shows the users.",),
        pages={"cli.md#swimctl-user": "swimctl user"},
    ),
    Topic(
        "too-many-logins",
        "Too many logins failed, from one address or for one name.",
        steps=("Wait as long as the message says, and correct the script that fails.",),
        pages={"api.md": "The REST API"},
    ),
    Topic(
        "token-refused",
        "The token is malformed, unknown, expired or revoked.",
        steps=("Log in again, or `swimctl token create --user NAME`.",),
        pages={"cli.md#swimctl-token": "swimctl token"},
    ),
    Topic(
        "unordered-versions",
        "swimctl cannot say which of two releases is newer: an engineering label, or two different trains.",
        steps=("Name the image with `--image`, and allow downgrades.",),
        pages={"settings.md": "Settings"},
    ),
    Topic(
        "stopped",
        "A signal stopped swimctl at a safe point. The job waits, and its device is well.",
        steps=("`swimctl resume` asks the devices how far they got, and goes on.",),
        pages={"states.md#safe-points": "Safe points"},
    ),
)
