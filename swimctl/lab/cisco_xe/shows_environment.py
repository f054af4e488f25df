"""What a lab switch shows of its temperature, fans and power supplies. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

SUPPLY = "PWR-C1-715WAC-P"
_SENSORS = (("Inlet", 27, 46, 56), ("Outlet", 34, 105, 125), ("HotSpot", 48, 105, 125))
"""Name of a sensor, degrees Celsius, and where its yellow and its red begin."""


def temperature(switch: Switch) -> str:
    """Show environment temperature."""
    return "".join(f"Switch {number}: SYSTEM TEMPERATURE is OK\n" for number in switch.members)


def temperature_status(switch: Switch) -> str:
    """Show environment temperature status."""
    return "".join(_member(number) for number in switch.members)


def everything(switch: Switch) -> str:
    """Show environment all."""
    fans = "".join(f"Switch {number} FAN {fan} is OK\n" for number in switch.members for fan in (1, 2, 3))
    supplies = [
        "SW  PID                 Serial#     Status           Sys Pwr  PoE Pwr  Watts",
        "--  ------------------  ----------  ---------------  -------  -------  -----",
    ]
    for number in switch.members:
        serial = supply_serial(switch, number)
        supplies.append(f"{number}A  {SUPPLY:<18}  {serial:<10} {'OK':<15}  {'Good':<7}  {'Good':<7}  715")
        supplies.append(f"{number}B  Not Present")
    return fans + temperature_status(switch) + "\n".join(supplies) + "\n\n"


def supply_serial(switch: Switch, number: int) -> str:
    """Return the serial of the one power supply of a member."""
    return f"P{switch.spec.members[number - 1].serial[1:]}"


def _member(number: int) -> str:
    text = f"Switch {number}: SYSTEM TEMPERATURE is OK\n"
    for name, value, yellow, red in _SENSORS:
        text += f"{name} Temperature Value: {value} Degree Celsius\nTemperature State: GREEN\n"
        text += f"Yellow Threshold : {yellow} Degree Celsius\nRed Threshold    : {red} Degree Celsius\n\n"
    return text
