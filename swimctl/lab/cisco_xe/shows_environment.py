"""What a lab switch shows of its temperature, fans and power supplies. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.routing import hot

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

SUPPLY = "PWR-C1-715WAC-P"
_SENSORS = (("Inlet", 27, 46, 56), ("Outlet", 34, 105, 125), ("HotSpot", 48, 105, 125))
"""Name of a sensor, degrees Celsius, and where its yellow and its red begin."""
_HOTTER = 24
"""Degrees by which all are warmer where it is hot."""


def temperature(switch: Switch) -> str:
    """Show environment temperature."""
    return "".join(_system(switch, number) for number in switch.members)


def temperature_status(switch: Switch) -> str:
    """Show environment temperature status."""
    return "".join(_member(switch, number) for number in switch.members)


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


def sensors(switch: Switch) -> str:
    """Show environment, of a device whose sensors are listed: as captures cisco_xe/show_environment."""
    warm = hot(switch)
    text = (
        f"\nNumber of Critical alarms:  0\nNumber of Major alarms:     0\nNumber of Minor alarms:     {int(warm)}\n\n"
    )
    text += " Slot        Sensor          Current State   Reading        Threshold(Minor,Major,Critical,Shutdown)\n"
    text += f" ----------  --------------  --------------- ------------   {'-' * 39}\n"
    for number in switch.members:
        for name, usual, minor, major in _SENSORS:
            value = usual + _HOTTER * warm
            limits = f"({minor} ,{major} ,{major + 10} ,{major + 15} )(Celsius)"
            state = "Minor" if value > minor else "Normal"
            text += f" {f'R{number - 1}':<11} {f'Temp: {name}':<15} {state:<15} {value:<5} Celsius \t{limits}\n"
    return f"{text}\n"


def supply_serial(switch: Switch, number: int) -> str:
    """Return the serial of the one power supply of a member."""
    return f"P{switch.spec.members[number - 1].serial[1:]}"


def _system(switch: Switch, number: int) -> str:
    return f"Switch {number}: SYSTEM TEMPERATURE is {'YELLOW' if hot(switch) else 'OK'}\n"


def _member(switch: Switch, number: int) -> str:
    text = _system(switch, number)
    for name, usual, yellow, red in _SENSORS:
        value = usual + _HOTTER * hot(switch)
        state = "YELLOW" if value > yellow else "GREEN"
        text += f"{name} Temperature Value: {value} Degree Celsius\nTemperature State: {state}\n"
        text += f"Yellow Threshold : {yellow} Degree Celsius\nRed Threshold    : {red} Degree Celsius\n\n"
    return text
