"""What is said about a device, or about the way to it."""

from __future__ import annotations

from swimctl.topics.topic import Topic

TOPICS = (
    Topic(
        "device",
        "The device did not do what was needed.",
        steps=("The message says what was seen, what was needed, and what comes next.",),
        pages={"recovering-by-hand.md": "Recovering a device by hand"},
    ),
    Topic(
        "unreachable",
        "No SSH connection could be opened. This says nothing about what the device does now.",
        steps=(
            "Check power, cables, address and port. Is SSH enabled, is a firewall between?",
            "Try `ssh` from this machine; `swimctl device show NAME` shows the way that swimctl takes.",
        ),
        pages={"ssh.md": "How swimctl connects"},
        doctor=(
            "reachability",
            "device",
        ),
    ),
    Topic(
        "out-of-descriptors",
        "swimctl can open no more files or connections. This says nothing about the device.",
        steps=(
            "Raise the limit: `ulimit -n`, or `LimitNOFILE=` in the systemd unit.",
            "Or lower `swimctl.workers`.",
        ),
        pages={"automation.md#systemd": "systemd"},
    ),
    Topic(
        "way-lost",
        "A bastion or a ProxyCommand does not answer. This says nothing about the device.",
        steps=("`swimctl device show NAME` shows each machine on the way; try `ssh` to the bastion.",),
        pages={"behind-a-bastion.md": "Behind a bastion"},
    ),
    Topic(
        "bastion-refused",
        "A bastion refuses the login. It is asked again after a minute, and not once per device.",
        steps=(
            "`swimctl device show NAME` lists the keys that the bastion is offered. swimctl offers no password.",
            "Try `ssh` to it, as the same user on the same machine.",
        ),
        pages={"behind-a-bastion.md": "Behind a bastion"},
    ),
    Topic(
        "host-key",
        "The host key is not the known one, or must be known and is not. Nothing was sent, not even a user name.",
        steps=(
            "Find out why: was the device replaced, did somebody make new keys, did the upgrade?",
            "Compare the fingerprint with the console. Only if it is right: `swimctl device trust NAME`.",
        ),
        pages={"ssh.md#host-keys": "Host keys"},
    ),
    Topic(
        "login-failed",
        "The device refuses the account or the enable secret.",
        steps=(
            "Check them by hand, on one device, before the account locks.",
            "`swimctl device show NAME` shows where user and password come from.",
        ),
        pages={"inventories.md#which-account-is-used": "Which account is used"},
    ),
    Topic(
        "account-refused",
        "The device refuses user and password.",
        steps=(
            "Check them by hand, on one device, before the account locks.",
            "`swimctl device show NAME` shows where they come from.",
        ),
        pages={"inventories.md#which-account-is-used": "Which account is used"},
    ),
    Topic(
        "no-command-line",
        "The device accepts user and password, but then asks something (a new password, a code) or closes the session.",
        steps=("Log in by hand with this account until it shows a prompt.",),
        pages={"ssh.md#logging-in": "Logging in"},
    ),
    Topic(
        "no-privilege",
        "The device accepts user and password, but gives no privilege.",
        steps=("Set SWIMCTL_ENABLE_SECRET, or give the account its privilege.",),
        pages={"inventories.md#which-account-is-used": "Which account is used"},
    ),
    Topic(
        "account-stopped",
        "The account was refused too often, on all devices together. swimctl does not try it for a while, so that it "
        "is not locked.",
        steps=(
            "Try the account on one device by hand, and correct user or password. A new password counts anew.",
            "Then `swimctl retry`.",
        ),
        pages={"inventories.md#swimctl-does-not-lock-your-account": "swimctl does not lock your account"},
        doctor=("logins",),
    ),
    Topic(
        "session-lost",
        "The session ended. This says nothing about what the device does now.",
        steps=("`swimctl device check NAME` looks at it. `swimctl resume` goes on with a job that is left.",),
        pages={"evidence.md": "Evidence"},
    ),
    Topic(
        "deadline",
        "A command took longer than its deadline, and its session was closed. The device may still be at work.",
        steps=("Look at the device. If it is only slow, raise the setting in `swimctl.deadlines`.",),
        pages={"settings.md": "Settings"},
    ),
    Topic(
        "unexpected-prompt",
        "The device asked a question that swimctl cannot answer. It answers none that it does not know.",
        steps=("Type the command by hand, and see what it asks. Then tell us.",),
        pages={"captures.md": "Captures"},
    ),
    Topic(
        "command-refused",
        "The device answered a command with an error.",
        steps=("Type the command by hand, with the same account. Does AAA allow it?",),
        pages={"platforms.md": "Platforms"},
    ),
    Topic(
        "not-enabled",
        "A protocol, such as LLDP, is off on the device.",
        steps=("Nothing: swimctl does not compare it.",),
        pages={"platforms.md": "Platforms"},
    ),
    Topic(
        "unparsable-output",
        "swimctl cannot read an output. It does not guess: what it cannot read counts as not known.",
        steps=("`swimctl device capture NAME --out DIR` collects what the device prints. Please send it.",),
        pages={"captures.md": "Captures", "forms.md": "Forms that swimctl can read"},
    ),
    Topic(
        "transfer-failed",
        "A copy broke off, stood still, or brought other bytes than the image has.",
        steps=(
            "Check the flash, the line, and the SCP server of the device. The message has what enables it.",
            "The partial file is removed. `swimctl retry` copies again.",
        ),
        pages={"distribution.md#if-a-copy-fails": "If a copy fails"},
    ),
    Topic(
        "step-failed",
        "A check in a step failed: what was seen is not what is needed.",
        steps=("The message has the value seen, the value needed, and the next command.",),
        pages={"states.md": "States"},
    ),
    Topic(
        "not-ready",
        "The readiness check found something. Nothing was changed on the device.",
        steps=(
            "Correct each finding: it has the value seen, the value needed, and the next command.",
            "`swimctl plan` looks again.",
            "Some findings can be accepted by somebody who says why.",
        ),
        pages={"plan.md#a-finding-that-somebody-waives": "A finding that somebody waives"},
    ),
    Topic(
        "unidentified",
        "Neither a serial number nor the host name shows which device answers. So nothing is sent to it.",
        steps=("`show version` on its console, then `swimctl retry`.",),
        pages={"evidence.md#the-rules": "Who answers"},
    ),
    Topic(
        "other-device",
        "Another device answers at the address. Nothing more was sent to it. What the job's own device is, nobody "
        "could ask.",
        steps=("Check the console of the job's own device, and both addresses. The message has both serial numbers.",),
        pages={"recovering-by-hand.md": "Recovering a device by hand"},
    ),
    Topic(
        "device-unknown",
        "swimctl could not find out what the device is now: a person has to look.",
        steps=(
            "Check its console. The job's error says until when the device waits, and what to type.",
            "`swimctl job events ID` has what was sent, and what the device answered.",
        ),
        pages={"recovering-by-hand.md": "Recovering a device by hand", "evidence.md": "Evidence"},
    ),
)
