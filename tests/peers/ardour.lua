-- Runs inside Ardour's own Lua (`ardour7-lua`), the engine without a window. Two ways to be called:
--   create FOLDER NAME RATE TRACK…   makes a session with these mono tracks, saves it and quits
--   serve FOLDER NAME BACKEND        loads it on that backend, then answers each line of Lua on stdin with one line
-- An answer begins with ANSWER (or FAULT), because Ardour talks on stdout too. When stdin ends, so does Ardour: whoever
-- started it and was killed leaves nothing running.
local job, folder, name = arg[1], arg[2], arg[3]

local function say (word, text)
	io.stdout:write (word, " ", (tostring (text):gsub ("%s+", " ")), "\n")
	io.stdout:flush ()
end

local function named (made, wanted)
	assert (made:name () == wanted, "Ardour called it " .. made:name ())
end

local function new_track (track, order, channels)
	named (Session:new_audio_track (channels, 2, nil, 1, track, order, ARDOUR.TrackMode.Normal, true):front (), track)
end

if job == "create" then
	assert (create_session (folder, name, tonumber (arg[4])), "no session")
	for i = 5, #arg do
		new_track (arg[i], ARDOUR.PresentationInfo.max_order, 1)
	end
	Session:save_state ("")
	close_session ()
	say ("ANSWER", "created")
	quit ()
	return
end

inf = math.huge -- as Python writes a fader that is off: -inf
-- What the snippets may say; gains in dB, pans as the engine has them: 0 left, 0.5 centre, 1 right.
function route (track)
	local found = Session:route_by_name (track)
	assert (not found:isnil (), "no track called " .. track)
	return found
end

local function set (control, value)
	control:set_value (value, PBD.GroupControlDisposition.NoGroup)
end

function gain_db (track) return 20 * math.log (route (track):gain_control ():get_value (), 10) end
function set_gain_db (track, db) set (route (track):gain_control (), 10 ^ (db / 20)) end
function pan (track) return route (track):pan_azimuth_control ():get_value () end
function set_pan (track, value) set (route (track):pan_azimuth_control (), value) end
function muted (track) return route (track):mute_control ():get_value () > 0.5 end

function set_mute (track, on)
	set (route (track):mute_control (), on and 1 or 0)
	for _ = 1, 200 do -- done by the audio thread, in its next cycle
		if muted (track) == on then return end
		ARDOUR.LuaAPI.usleep (5000)
	end
	error ("the mute did not switch")
end

local function order_of (r) return r:presentation_info_ptr ():order () end

function tracks () -- in the order of the mixer
	local found = {}
	for t in Session:get_tracks ():iter () do found[#found + 1] = t end
	table.sort (found, function (a, b) return order_of (a) < order_of (b) end)
	return found
end

function names ()
	local found = {}
	for i, t in ipairs (tracks ()) do found[i] = t:name () end
	return table.concat (found, "\t")
end

function add_track (track, before, channels)
	new_track (track, before and order_of (route (before)) or ARDOUR.PresentationInfo.max_order, channels)
end

function add_bus (bus)
	local info = ARDOUR.PresentationInfo
	named (Session:new_audio_route (2, 2, nil, 1, bus, info.Flag.AudioBus, info.max_order):front (), bus)
end

function trim_db (track) return 20 * math.log (route (track):trim_control ():get_value (), 10) end
function set_trim_db (track, db) set (route (track):trim_control (), 10 ^ (db / 20)) end

-- Plug-ins count from 0 here, their parameters from 0 too, as LV2 counts its ports.
function plugin (track, place)
	local found = route (track):nth_plugin (place)
	assert (not found:isnil (), track .. " has no plug-in at place " .. place)
	return found
end

function plugins (track)
	local found = {}
	while not route (track):nth_plugin (#found):isnil () do
		found[#found + 1] = route (track):nth_plugin (#found):display_name ()
	end
	return table.concat (found, "\t")
end

function add_plugin (track, uri, place)
	local made = ARDOUR.LuaAPI.new_plugin (Session, uri, ARDOUR.PluginType.LV2, "")
	assert (not made:isnil (), "no plug-in " .. uri)
	assert (route (track):add_processor_by_index (made, place, nil, true) == 0, "cannot be put on " .. track)
end

function remove_plugin (track, place)
	assert (route (track):remove_processor (plugin (track, place), nil, true) == 0, "cannot be taken off " .. track)
end

local function param_control (track, place, param)
	local which = Evoral.Parameter (ARDOUR.AutomationType.PluginAutomation, 0, param)
	return plugin (track, place):to_automatable ():automation_control (which, true)
end

function plugin_param (track, place, param) return param_control (track, place, param):get_value () end
function set_plugin_param (track, place, param, value) set (param_control (track, place, param), value) end
function plugin_on (track, place) return plugin (track, place):to_insert ():enabled () end
function bypass_plugin (track, place, on) plugin (track, place):to_insert ():enable (on) end

function rename_track (track, new)
	local renamed = route (track)
	renamed:set_name (new) -- answers false even when it has done it
	assert (renamed:name () == new, "cannot be called " .. new)
end

function move_track (track, before)
	local wanted, moving = {}, route (track)
	for _, t in ipairs (tracks ()) do
		if t:name () == before then wanted[#wanted + 1] = moving end
		if t:name () ~= track then wanted[#wanted + 1] = t end
	end
	-- Each in its turn goes to the end: Ardour closes the gaps after every step, so that smaller numbers would collide.
	for i, t in ipairs (wanted) do t:set_presentation_order (1000 + i) end
end

local backend = AudioEngine:set_backend (arg[4], "ardour", "")
assert (backend and not backend:isnil (), "no backend " .. arg[4])
if arg[4] == "None (Dummy)" then assert (AudioEngine:set_device_name ("Silence") == 0, "no silent device") end
assert (load_session (folder, name), "cannot load " .. folder)
say ("ANSWER", "serving")

for line in io.stdin:lines () do
	local run, fault = load ("return " .. line)
	if not run then run, fault = load (line) end
	local done, value = false, fault
	if run then done, value = pcall (run) end
	say (done and "ANSWER" or "FAULT", (value == nil) and "" or (type (value) == "string" and value:gsub ("\t", "\\t") or value))
	collectgarbage ()
end
close_session ()
quit ()
