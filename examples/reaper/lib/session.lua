-- The session file: what tonn-bridge has to know of a song.
local groups = require("groups")
local place = require("place")
local tracks = require("tracks")
local trouble = require("trouble")

local session = {}

session.FILE = "session.toml"
session.STYLES = {
  "ROCK_INDIE", "POP", "ACOUSTIC", "HIPHOP_GRIME", "ELECTRONIC", "REGGAE_DUB", "ORCHESTRAL", "METAL", "OTHER",
}
local RATES = { 44100, 48000, 88200, 96000 }
local KEPT = { "group", "presence", "pan", "reverb" }

local HEAD = [[
# A session of tonn-bridge, written from REAPER. Check the groups of the tracks below, then: tonn-bridge run
# What stands above the tracks is yours: writing the session again leaves it as it is.

[mix]
name = %s
style = %s
sample_rate = %d            # of the final mix
output = "mixes"               # previews and finals land in this folder
gain_mode = "absolute"         # the stems were rendered before the faders

[tonn]
url = "sandbox"                # offline and free; "https://tonn.roexaudio.com" is the real service (needs a key)

[daw]
mapping = "reaper"
]]

local TRACKS = [[

# group: what it is, such as KICK_GROUP, VOCAL_GROUP, E_GUITAR_GROUP; presence: NORMAL, LEAD or BACKGROUND;
# pan: NO_PREFERENCE, LEFT, CENTRE or RIGHT; reverb: NONE, LOW, MEDIUM or HIGH.
]]

--- `text` between quotes, as TOML writes it.
local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(character)
    return string.format("\\u%04X", character:byte())
  end) .. '"'
end

--- `text` as it was before `quoted`, or as people quote.
local function unquoted(text)
  return (text:gsub("\\u(%x%x%x%x)", function(digits)
    return utf8.char(tonumber(digits, 16))
  end):gsub('\\(["\\])', "%1"))
end

local function sample_rate()
  local rate = reaper.GetSetProjectInfo(0, "PROJECT_SRATE", 0, false)
  for _, known in ipairs(RATES) do
    if rate == known then
      return known
    end
  end
  return RATES[1]
end

-- --- a session that is there already ---------------------------------------------------------------------------------

--- The key and the text in a line of TOML such as `group = "BASS_GROUP"`; nil where it is none.
local function entry(line)
  local key, rest = line:match("^%s*([%w_]+)%s*=%s*(.*)$")
  if key then
    local basic = rest:match('^"(.-[^\\])"')
    return key, basic and unquoted(basic) or rest:match("^'([^']*)'")
  end
end

--- The head of a session without what only belongs to its list of tracks.
local function without_tail(head)
  local at = head:find(TRACKS, 1, true)
  if at then
    head = head:sub(1, at - 1) .. head:sub(at + #TRACKS)
  end
  return (head:gsub("%s+$", "")) .. "\n"
end

--- What a person has written in the session of `folder`: `head`, which is all but its tracks, and `told`, what stands
--- about each track, by its name. Nil where there is no session yet.
function session.read(folder)
  local text = place.read(place.join(folder, session.FILE))
  if not text then
    return nil
  end
  local head, told, track = {}, {}, nil
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch("(.-)\n") do
    local header = line:match("^%s*%[+%s*([%w_.]+)")
    if header then
      track = header == "track" and {} or nil
    elseif not track and line:match("^%s*track%s*=") then
      trouble.raise(
        "The session file has its tracks in a form this script does not write.",
        "Rename " .. session.FILE .. " in " .. folder .. ", then write the session again."
      )
    end
    if not track then
      head[#head + 1] = line
    else
      local key, value = entry(line)
      if value then
        track[key] = value
        told[track.name or ""] = track
      end
    end
  end
  return { head = without_tail(table.concat(head, "\n")), told = told }
end

--- What a new session begins with, for the song `name` in `style`.
function session.new(name, style)
  return { head = string.format(HEAD, quoted(name), quoted(style), sample_rate()), told = {} }
end

-- --- writing ---------------------------------------------------------------------------------------------------------

--- A name as tonn-bridge compares it: neither case nor dashes and dots count.
local function plain(name)
  return (name:lower():gsub("[%s%p]", ""))
end

--- How many tracks of the project have each plain name.
local function count_names()
  local count = {}
  for index = 0, reaper.CountTracks(0) - 1 do
    local name = plain(tracks.name(reaper.GetTrack(0, index)))
    count[name] = (count[name] or 0) + 1
  end
  return count
end

--- The table of one track; `kept` is what a person has written about it before, `guessed` what its name suggests.
local function track_table(track, file, count, kept, guessed)
  local name, number = tracks.name(track), tracks.number(track)
  -- a name that stands once finds its track wherever it is moved; others are found by their number
  local stands_once = name ~= "" and count[plain(name)] == 1
  local lines = {
    "", "[[track]]",
    "name = " .. quoted(session.name(track)),
    "file = " .. quoted(file),
    "daw = " .. (stands_once and quoted(name) or tostring(number)),
  }
  for _, key in ipairs(KEPT) do
    local value = kept and kept[key] or not kept and guessed[key]
    if value then
      lines[#lines + 1] = key .. " = " .. quoted(value)
    end
  end
  return table.concat(lines, "\n")
end

--- What a track is called in the session.
function session.name(track)
  local name = tracks.name(track)
  return name ~= "" and name or "Track " .. tracks.number(track)
end

local function track_tables(chosen, files, folder, told)
  local names, parts, count = {}, {}, count_names()
  for index, track in ipairs(chosen) do
    names[index] = tracks.name(track)
  end
  local guessed = groups.guess(names)
  for index, track in ipairs(chosen) do
    local file = files[index]:sub(#folder + 2):gsub("\\", "/")
    parts[index] = track_table(track, file, count, told[session.name(track)], guessed[index])
  end
  return table.concat(parts, "\n") .. "\n"
end

--- The text of a session with `chosen`, whose stems are `files` below `folder`, and with what stands in `written`, from
--- `session.read` or `session.new`.
function session.text(chosen, files, folder, written)
  return written.head .. TRACKS .. track_tables(chosen, files, folder, written.told)
end

--- Write `text` as the session of `folder`, whole or not at all.
function session.write(folder, text)
  local file = place.join(folder, session.FILE)
  local fresh = file .. ".new"
  local handle, why = io.open(fresh, "wb")
  local written = handle and handle:write(text)
  if handle then
    handle:close()
  end
  if not written then
    trouble.raise("The session could not be written: " .. tostring(why), "Look whether the disk is full or locked.")
  end
  if not os.rename(fresh, file) then -- Windows renames onto nothing that is there
    os.remove(file)
    os.rename(fresh, file)
  end
  return file
end

return session
