"""HUI's switches: zones of up to eight ports each. Source: the table on which REAPER and DrivenByMoss agree.

Names are Mackie Control's where the function is the same.
"""

from tonn_bridge.errors import RangeError

STRIPS = 8
TOUCH_PORT = 0
"""In a strip's zone: a hand on its fader."""

_STRIP_PORTS = ("select", "mute", "solo", "auto", "vpot", "insert", "rec")
"""Of a strip's zone, from port 1 on."""

_ZONES = {
    0x08: "control shift edit_mode undo alt option edit_tool save",
    0x09: "window_mix window_edit window_transport window_mem_loc window_status window_alt",
    0x0A: "channel_left bank_left channel_right bank_right",
    0x0B: "output input pan send_e send_d send_c send_b send_a",
    0x0C: "assign default suspend assign_shift assign_mute bypass rec_all",
    0x0D: "cursor_down cursor_left cursor_mode cursor_right cursor_up scrub shuttle",
    0x0E: "talkback rewind fast_forward stop play record",
    0x0F: "return_to_zero end online cycle quick_punch",
    0x10: "punch_audition punch_pre punch_in punch_out punch_post",
    0x11: "room_input_3 room_input_2 room_input_1 room_mute room_discrete",
    0x12: "room_output_3 room_output_2 room_output_1 room_dim room_mono",
    0x13: "num_0 num_1 num_4 num_2 num_5 num_dot num_3 num_6",
    0x14: "num_enter num_plus",
    0x15: "num_7 num_8 num_9 num_minus num_clear num_equals num_divide num_multiply",
    0x16: "smpte feet beats rude_solo",
    0x17: "auto_plugin auto_pan auto_fader auto_send_mute auto_send auto_mute",
    0x18: "trim latch read auto_off write touch",
    0x19: "status_phase status_monitor status_auto group_suspend group_create group",
    0x1A: "edit_paste edit_cut edit_capture edit_delete edit_copy edit_separate",
    0x1B: "f1 f2 f3 f4 f5 f6 f7 f8",
    0x1C: "dsp_insert dsp_assign dsp_select_1 dsp_select_2 dsp_select_3 dsp_select_4 dsp_bypass dsp_compare",
    0x1D: "relay_1 relay_2 relay_click beep",
}

SWITCHES: dict[tuple[str, int | None], tuple[int, int]] = {
    **{
        (name, strip): (strip, port)
        for strip in range(STRIPS)
        for port, name in enumerate(_STRIP_PORTS, TOUCH_PORT + 1)
    },
    **{(name, None): (zone, port) for zone, row in _ZONES.items() for port, name in enumerate(row.split())},
}
"""A button's name, and its strip where it stands on one, to its zone and port."""

BUTTON_AT = {switch: button for button, switch in SWITCHES.items()}

STRIP_BUTTONS = frozenset(_STRIP_PORTS)
"""The buttons that stand on every strip."""
BUTTONS = frozenset(name for name, _ in SWITCHES)


def switch_of(button: str, strip: int | None) -> tuple[int, int]:
    """The zone and the port of a button and of its lamp.

    Raises:
        RangeError: no such button, or none of that name on that strip.
    """
    switch = SWITCHES.get((button, strip))
    if switch is not None:
        return switch
    if button in STRIP_BUTTONS:
        raise RangeError(f'strip of the button "{button}"', strip, "0..7")
    raise RangeError("button", button, "those of a HUI" if button not in BUTTONS else "those on a strip")
