"""What Live sees of the script: two notes in, a line in Live's status bar out."""

from _Framework.ButtonElement import ButtonElement
from _Framework.ControlSurface import ControlSurface
from _Framework.InputControlElement import MIDI_NOTE_TYPE

from .tracks import prepare, told

CHANNEL = 15  # counted from 0, so channel 16
ALL_TRACKS, SELECTED_TRACK = 48, 49


class TonnTracks(ControlSurface):
    """Note 48 on channel 16 prepares all tracks of the set, note 49 the selected one."""

    def __init__(self, c_instance):
        super().__init__(c_instance)
        with self.component_guard():
            self._buttons = [self._button(ALL_TRACKS, self._all), self._button(SELECTED_TRACK, self._selected)]
        self.log_message("TonnTracks is there")

    def _button(self, note, act):
        button = ButtonElement(True, MIDI_NOTE_TYPE, CHANNEL, note)
        # Live may not be changed while it is telling news; the next tick is early enough.
        button.add_value_listener(lambda velocity: velocity and self.schedule_message(1, act))
        return button

    def _all(self):
        self._prepare(list(self.song().tracks))

    def _selected(self):
        self._prepare([self.song().view.selected_track])

    def _prepare(self, tracks):
        song = self.song()
        song.begin_undo_step()
        try:
            text = told(prepare(tracks))
        except Exception as error:  # Live would only write it into its log
            self.log_message(repr(error))
            text = f"Tonn: {error}. The rest is in Live's Log.txt"
        finally:
            song.end_undo_step()
        self.log_message(text)
        self.show_message(text)
