"""The forms in which IOS-XE prints, beside those of the lab, and where each was seen."""

from __future__ import annotations

from forms.seen import of, output, seen
from swimctl.lab.forms import Form, Outputs

SEEN: Outputs = (
    output(
        "show version",
        "release and members",
        seen(
            "a table of members",
            r"^Switch +Ports +Model",
            of(
                "cisco_xe/show_version",
                "genie_cat9k-c9500_golden_output_c9500_2 genie_golden_output_3 genie_golden_output_c3850 "
                "genie_golden_output_c9300 genielibs_get_software_version_execute "
                "unicon_iosxe_mock_data_ewlc_ewlc_enable unicon_iosxe_mock_svl_stack_svl_initial_standby_enable",
            ),
            of("more/cisco_xe/show_version", "01 08 b_m03_iosxe_mock_cat9k b_m16_iosxe_mock_stack"),
        ),
        seen(
            "`Cisco IOS XE Software, Version`, no table of members",
            r"^\s*Cisco IOS XE Software, Version",
            of(
                "cisco_xe/show_version",
                "genie_cat9k-c9500_golden_output genie_cat9k-c9500_golden_output_c9500 "
                "genie_cat9k-c9500_golden_output_c9500_5 genie_generic-rv1_golden_output_iosxe_5 "
                "genie_golden_output_10 genie_golden_output_1783 genie_golden_output_5 genie_golden_output_6 "
                "genie_golden_output_8 genie_golden_output_9500h_standalone genie_golden_output_IE_3105_18T2C "
                "genie_golden_output_asr1k genie_golden_output_c8000v genie_golden_output_c9800 "
                "genie_golden_output_isr4k genielibs_get_firmware_version_execute "
                "genielibs_test_change_boot_variable_execute_2 genielibs_test_verify_running_image_execute1 "
                "genielibs_verify_last_reload_reason_execute unicon_generic_mock_data_iosxe_iosxe_enable3 "
                "unicon_iosxe_mock_cat9k_c9k_exec unicon_iosxe_mock_cat9k_c9k_exec2 "
                "unicon_iosxe_mock_data_asrk_ha_reload_ha_asrk_active_enable "
                "unicon_iosxe_mock_data_cat9k_ha_reload_cat9k_ha_active_enable "
                "unicon_iosxe_mock_data_ewc_ewc_enable "
                "unicon_iosxe_mock_data_sdwan_sdwan_controller_mode_enable_3",
            ),
            of(
                "more/cisco_xe/show_version",
                "03 06 14 15 20 b_m01_generic_iosxe_ha_asr b_m09_iosxe_cat9k_acm_ha b_m10_iosxe_cat9k_ha_reload "
                "b_m11_iosxe_ewlc b_m14_iosxe_sdwan b_m15_iosxe_mock_quad",
            ),
        ),
        seen(
            "`IOS-XE Software` in the line of the image",
            r"IOS[- ]XE Software",
            of(
                "cisco_xe/show_version",
                "genie_golden_output_9 unicon_generic_mock_data_iosxe_iosxe_enable "
                "unicon_iosxe_mock_data_cat4k_c4k_enable unicon_iosxe_mock_data_isr_enable_isr",
            ),
            of("more/cisco_xe/show_version", "b_m04_iosxe_asr"),
        ),
        seen(
            "the line of the image without IOS-XE",
            r"Cisco IOS Software|IOS \(tm\)|Internetwork Operating System",
            of(
                "cisco_xe/show_version",
                "genie_golden_output_asr901 genie_golden_output_ios_2 genie_golden_output_ios_c2600_2",
            ),
            of("more/cisco_xe/show_version", "05 07 09 10 11 13"),
        ),
    ),
    output(
        "show chassis",
        "",
        seen(
            "chassis, with their addresses",
            r"^Chassis#",
            of("cisco_xe/show_chassis", "genie_golden_output1"),
            of("more/cisco_xe/show_chassis", "b_02_c9800_pair"),
        ),
    ),
    output(
        "show switch",
        "layout",
        seen(
            "ports of the stack below",
            r"Stack Port Status",
            of("cisco_xe/show_switch_detail", "genie_golden_output1 genie_golden_output3"),
        ),
        seen(
            "members alone",
            r"^Switch#",
            of(
                "cisco_xe/show_switch",
                "genie_cat9kv_golden_output_1 genie_golden_output_1 unicon_iosxe_mock_quad_quad_enable "
                "unicon_iosxe_mock_stack_stack_enable unicon_iosxe_mock_svl_stack_svl_initial_standby_enable "
                "unicon_iosxe_mock_svl_stack_svl_post_switchover_active_enable",
            ),
            of("more/cisco_xe/show_switch", "01 b_m01_iosxe_mock_quad"),
        ),
    ),
    output(
        "show boot",
        "layout",
        seen(
            "a block for each switch",
            r"^Switch \d\n-",
            of(
                "cisco_xe/show_boot",
                "genie_golden_output_2900 unicon_iosxe_mock_data_cat9k_reload_cat9k_enable_reload_to_rommon_break "
                "unicon_iosxe_mock_data_cat9k_reload_cat9k_enable_reload_to_rommon_break3 "
                "unicon_iosxe_mock_data_cat9k_reload_cat9k_enable_reload_to_rommon_break4 "
                "unicon_iosxe_mock_stack_stack_config",
            ),
            of("cisco_xe/show_boot_system", "genie_golden_output"),
            of("more/cisco_xe/show_boot", "01 b_m01_iosxe_cat8k b_m02_iosxe_cat9k_reload"),
        ),
        seen(
            "current and next, of one switch",
            r"^Current Boot Variables:\s+BOOT",
            of("cisco_xe/show_boot", "genielibs_verify_boot_variable_execute"),
        ),
        seen(
            "the variables of ROMMON",
            r"^MANUAL_BOOT|BOOTMODE variable",
            of(
                "cisco_xe/show_boot",
                "genie_cat9k-c9400_golden_output genie_golden_output_cat9400 genie_golden_output_cat9k_2 "
                "genie_golden_output_cat9k_3 genie_golden_output_cat9k_4",
            ),
            of("cisco_xe/show_bootvar", "genie_golden_output6 genie_golden_output_cat9400"),
        ),
        seen(
            "variables and the register",
            r"^BOOT variable",
            of(
                "cisco_xe/show_bootvar",
                "genie_golden_output1 genie_golden_output2 genie_golden_output3 genie_golden_output4 "
                "genie_golden_output5 genielibs_test_change_boot_variable_execute_1 "
                "genielibs_test_change_boot_variable_execute_2",
            ),
            of("more/cisco_xe/show_boot", "04 b_01_c8000v_17.15.05_iso"),
        ),
    ),
    output(
        "show redundancy",
        "layout",
        seen(
            "blocks of system, this and the other processor",
            r"Redundant System Information",
            of(
                "cisco_xe/show_redundancy",
                "genie_cat9k-c9500_golden_output_c9500 genie_cat9k-c9500_golden_output_c9500_1 "
                "genie_golden_output_asr1k genie_golden_output_c3850 genie_golden_output_c9400 "
                "genie_golden_output_cat4500 pyntc_show_redundancy_standby "
                "unicon_generic_mock_data_iosxe_ha_asr_enable_asr_standby",
            ),
        ),
        seen(
            "modes first",
            r"^Redundancy Mode \(Operational\)",
            of("cisco_xe/show_redundancy", "unicon_iosxe_mock_data_asrk_ha_reload_ha_asrk_active_enable"),
        ),
    ),
    output(
        "show platform",
        "layout",
        seen(
            "switches",
            r"^Switch +Ports",
            of(
                "cisco_xe/show_platform",
                "genie_cat9k-c9500-rv1_golden_output genie_cat9k-c9500_golden_output_1 genie_golden_output_5 "
                "genie_golden_output_ess genie_golden_output_ie35xx genie_rv1_golden_output",
            ),
        ),
        seen(
            "slots",
            r"^Slot +Type",
            of(
                "cisco_xe/show_platform",
                "genie_cat9k-c9500_golden_output genie_golden_output genie_golden_output_1 genie_golden_output_4 "
                "genie_golden_output_9 genie_golden_output_asr1k genie_golden_output_c8300 "
                "genielibs_verify_hardware_slot_execute unicon_iosxe_mock_data_cat8k_c8k_enable3",
            ),
        ),
    ),
    output(
        "show issu state detail",
        "layout",
        seen(
            "checks in a table",
            r"^System Check",
            of(
                "cisco_xe/show_issu_state_detail",
                "genie_cat9k-c9500_golden_output_2 genie_rv1_golden_output_7 genie_rv1_golden_output_8 "
                "genie_rv1_golden_output_9",
            ),
        ),
        seen(
            "slot, operation, rollback",
            r"Slot being modified",
            of("cisco_xe/show_issu_state_detail", "genie_rv1_golden_output_2"),
        ),
        seen(
            "no operation",
            r"No ISSU operation",
            of("cisco_xe/show_issu_state_detail", "genie_rv1_golden_output_5"),
        ),
        seen(
            "timer alone",
            r"^ *Rollback",
            of(
                "cisco_xe/show_issu_rollback_timer",
                "genie_cat9k-c9500_golden_output genie_golden_output_1 genie_golden_output_2 genie_golden_output_3",
            ),
        ),
        seen(
            "open, and its timer left to the other command",
            r"^INFO: Install ISSU operation in progress",
            of("more/cisco_xe/show_issu_rollback_timer", "01"),
        ),
    ),
    output(
        "show install summary",
        "title",
        seen(
            "switches",
            r"^\[ Switch ",
            of("cisco_xe/show_install_active", "genielibs_test_install_image_execute1"),
            of("cisco_xe/show_install_committed", "genie_golden_output"),
            of("cisco_xe/show_install_inactive", "genie_golden_output genie_golden_output1"),
            of("cisco_xe/show_install_summary", "genie_golden_output_4"),
        ),
        seen(
            "chassis with their processors",
            r"^\[ Chassis ",
            of("more/cisco_xe/show_install_summary", "01 b_m02_iosxe_mock_svl_stack"),
        ),
        seen(
            "processors",
            r"^\[ R\d",
            of("cisco_xe/show_install_state", "genie_golden_output1 genie_golden_output2"),
            of("cisco_xe/show_install_summary", "genie_golden_output genielibs_get_install_version_execute"),
            of("more/cisco_xe/show_install_inactive", "01_vg410"),
            of("more/cisco_xe/show_install_summary", "02_vg410"),
            of("more/cisco_xe/show_install_uncommitted", "b_01_c8000v_17.12.04a_timer"),
        ),
    ),
    output(
        "show ip interface brief",
        "",
        seen(
            "name, address, method, status, protocol",
            r"^ *Interface +IP-Address",
            of("more/cisco_xe/show_ip_interface_brief", "01_c8000v 05 06 08 09 11 12"),
        ),
        seen(
            "rows that a filter left, no header",
            r"(?s)\A(?!.*IP-Address)",
            of(
                "cisco_xe/show_ip_interface_brief",
                "genie_golden_output_show_ip_interface_brief_pipe_ip "
                "genie_golden_output_show_ip_interfaces_brief_pipe_ip",
            ),
        ),
    ),
    output(
        "show cdp neighbors",
        "names",
        seen(
            "a long name on a line of its own",
            r"^\S{15,}\s*\n +\S",
            of("cisco_xe/show_cdp_neighbors", "genie_device_output_7 genie_device_output_8"),
        ),
        seen(
            "a name in its row",
            r"^Device ID",
            of(
                "cisco_xe/show_cdp_neighbors",
                "genie_device_output_1 genie_device_output_2 genie_device_output_3 genie_device_output_4 "
                "genie_golden_output_10",
            ),
            of("more/cisco_xe/show_cdp_neighbors", "01 05 06 09 10"),
        ),
    ),
    output(
        "show lldp neighbors",
        "",
        seen(
            "none",
            r"entries displayed: 0",
            of("cisco_xe/show_lldp_neighbors", "genie_golden_output_1"),
        ),
    ),
    output(
        "show ip route summary",
        "",
        seen(
            "networks, subnets, replicates",
            r"Replicates",
            of("cisco_xe/show_ip_route_summary", "genie_golden_output_3 genie_golden_output_4"),
        ),
    ),
    output(
        "install commit",
        "",
        seen(
            "steps by member, SUCCESS and the time at the end",
            r"^SUCCESS: install_commit",
            of("transcripts/cisco_xe", "install_commit_success_c9300_single install_commit_success_stack3"),
        ),
    ),
    output(
        "write memory",
        "",
        seen(
            "`[OK]` at the end", "", ("Cisco's IOS Configuration Fundamentals Command Reference", "netmiko on GitHub")
        ),
    ),
    output(
        "more flash:packages.conf",
        "sums",
        seen("SHA-1", "", ("Cisco's forensic guide for the C9800: more bootflash:packages.conf",)),
        seen("SHA-1 and SHA-256", "", ("a public log of an upgrade of a C9200L from 17.09.05 to 17.09.06a",)),
    ),
    output(
        "show inventory",
        "the names of parts",
        seen(
            "a stack, then its members",
            r'^NAME: "c\d+x+ Stack"',
            of(
                "cisco_xe/show_inventory",
                "genie_cat9k-c9300-rv1_golden_output_2 genie_cat9k-c9300_golden_output_2 genie_golden_output_6",
            ),
        ),
        seen(
            "members alone",
            r'\A\s*NAME: "Switch ?1',
            of("cisco_xe/show_inventory", "genie_cat9k-c9300_golden_output genie_golden_output_3"),
        ),
        seen("members by their numbers", r'^NAME: "1"', of("cisco_xe/show_inventory", "genie_rv2_golden_output_3")),
        seen(
            "a chassis, its cards below",
            r'(?i)^NAME: "chassis"',
            of(
                "cisco_xe/show_inventory",
                "genie_cat9k-c9500-C9500_32QC-rv1_golden_output_2 genie_cat9k-c9500-rv1_golden_output "
                "genie_golden_output genie_golden_output_1 genie_golden_output_10 genie_golden_output_8 "
                "genie_golden_output_asr1002 genie_golden_output_asr901 genie_golden_output_c8300 "
                "genie_golden_output_isr4k unicon_iosxe_mock_data_sdwan_sdwan_controller_mode_enable_1",
            ),
            of("cisco_xe/show_inventory_oid", "genie_golden_output"),
            of("more/cisco_xe/show_inventory", "02 04"),
        ),
    ),
    output(
        "copy scp:",
        "what it asks and shows",
        seen(
            "host, name, file, destination, password; the file's mode, marks, bytes",
            "",
            (
                "a dialogue of an ASR 903 in Cisco's csmpe (copy scp: with an account in the URL)",
                "a public guide to the SD-WAN bootstrap of a CSR",
                "a test of genielibs, copy_file_with_scp, of a C9300: the destination alone is asked for",
            ),
        ),
        seen(
            "before that, whether a host key is believed",
            "",
            ("a public lab's program for SD-WAN routers, which compares the fingerprint",),
        ),
    ),
    output(
        "copy sftp:",
        "what it asks and shows",
        seen(
            "as copy scp:",
            "",
            (
                "a test of genielibs, copy_file_with_sftp",
                "Cisco's guide Configuring SSH File Transfer Protocol, 17.10: the client, not what it prints",
            ),
        ),
    ),
)

FURTHER: dict[Form[object], tuple[str, ...]] = {}
