-- Tonn's equaliser and compressor on a track: a ReaEQ with six bells and a ReaComp, called by names of their own.
-- What else stands in the chain is never touched.
local base64 = require("base64")
local tracks = require("tracks")
local trouble = require("trouble")
local undo = require("undo")

local plugins = {}

plugins.EQ, plugins.COMPRESSOR = "Tonn EQ", "Tonn Comp"

-- Where the bells stand until Tonn moves them; at 0 dB they change nothing.
local BELLS_HZ = { 60, 180, 500, 1500, 4000, 10000 }

-- ReaEQ's own word for a bell, in its state and in BANDTYPE.
local BELL = 8
-- ReaEQ's state begins with the bytes of a band and the number of bands. A band: type, whether it is on, frequency in
-- Hz, gain as a factor, bandwidth in octaves, and whether its display is logarithmic. What follows is kept as it is.
local CHUNK_HEAD, CHUNK_BAND = "<i4i4", "<i4i4dddB"

--- The place in the chain of `track` at which something called `name` stands, from 0; nil where nothing is.
local function find(track, name)
  for fx = 0, reaper.TrackFX_GetCount(track) - 1 do
    local known, called = reaper.TrackFX_GetNamedConfigParm(track, fx, "renamed_name")
    if known and called == name then
      return fx
    end
  end
end

local function add(track, plugin, name)
  local fx = reaper.TrackFX_AddByName(track, plugin, false, -1)
  if fx < 0 then
    trouble.raise(
      "REAPER has no " .. plugin .. " here.",
      "It belongs to REAPER: switch it on again in the FX browser, or install REAPER with its ReaPlugs."
    )
  end
  reaper.TrackFX_SetNamedConfigParm(track, fx, "renamed_name", name)
  return fx
end

--- ReaEQ's state `chunk` with six flat bells in place of its bands; nil where it has another form than the one known.
local function with_six_bells(chunk)
  if #chunk < 8 then
    return nil
  end
  local size, count, at = string.unpack(CHUNK_HEAD, chunk)
  local rest = at + count * size
  if size ~= string.packsize(CHUNK_BAND) or count < 0 or rest > #chunk then
    return nil
  end
  local bands = {}
  for bell, hz in ipairs(BELLS_HZ) do
    bands[bell] = string.pack(CHUNK_BAND, BELL, 1, hz, 1.0, 2.0, 1)
  end
  return string.pack(CHUNK_HEAD, size, #bands) .. table.concat(bands) .. chunk:sub(rest)
end

--- Whether the ReaEQ at `fx` has six bands, all bells.
local function has_six_bells(track, fx)
  for band = 0, #BELLS_HZ - 1 do
    local there, kind = reaper.TrackFX_GetNamedConfigParm(track, fx, "BANDTYPE" .. band)
    if not there or tonumber(kind) ~= BELL then
      return false
    end
  end
  return not reaper.TrackFX_GetNamedConfigParm(track, fx, "BANDTYPE" .. #BELLS_HZ)
end

-- A new ReaEQ has four or five bands, two of them bells. REAPER lets scripts change the kind of a band, but not add
-- one: so its whole state is written, and looked at afterwards.
local function add_equaliser(track)
  local fx = add(track, "ReaEQ", plugins.EQ)
  local known, chunk = reaper.TrackFX_GetNamedConfigParm(track, fx, "vst_chunk")
  local state = known and with_six_bells(base64.decode(chunk))
  if state then
    reaper.TrackFX_SetNamedConfigParm(track, fx, "vst_chunk", base64.encode(state))
  end
  if not (state and has_six_bells(track, fx)) then
    reaper.TrackFX_Delete(track, fx)
    trouble.raise(
      "This REAPER (" .. reaper.GetAppVersion() .. ") does not let a script give ReaEQ six bells.",
      'Add a ReaEQ to the track yourself, with six bands of the type "Band", and rename it to "' .. plugins.EQ .. '".'
    )
  end
end

--- The number of the parameter whose name has `words` in it, or nil.
local function parameter(track, fx, words)
  for number = 0, reaper.TrackFX_GetNumParams(track, fx) - 1 do
    local _, name = reaper.TrackFX_GetParamName(track, fx, number)
    if name:lower():gsub("[%s-]", ""):find(words, 1, true) then
      return number
    end
  end
end

local function add_compressor(track)
  local fx = add(track, "ReaComp", plugins.COMPRESSOR)
  local make_up = parameter(track, fx, "automakeup")
  if make_up then
    reaper.TrackFX_SetParamNormalized(track, fx, make_up, 0)
  end
end

--- Whether a ReaEQ or ReaComp of the user's own stands behind ours: tonn-bridge takes the last one of a track.
local function hidden_by_another(track)
  for _, kind in ipairs({ { plugins.EQ, "ReaEQ" }, { plugins.COMPRESSOR, "ReaComp" } }) do
    for fx = (find(track, kind[1]) or math.huge) + 1, reaper.TrackFX_GetCount(track) - 1 do
      local _, name = reaper.TrackFX_GetFXName(track, fx)
      if name:find(kind[2], 1, true) then
        return true
      end
    end
  end
  return false
end

local NEEDED = { { plugins.EQ, add_equaliser }, { plugins.COMPRESSOR, add_compressor } }

--- Put what is missing at the end of each track's chain, as one undo point. How many plug-ins were added, and the
--- tracks on which one of the user's own stands behind ours.
function plugins.prepare(chosen)
  local added, hidden = 0, {}
  undo.block("Tonn: prepare tracks", function()
    for _, track in ipairs(chosen) do
      for _, needed in ipairs(NEEDED) do
        local name, add_it = needed[1], needed[2]
        if not find(track, name) then
          add_it(track)
          added = added + 1
        end
      end
      if hidden_by_another(track) then
        hidden[#hidden + 1] = tracks.label(track)
      end
    end
  end)
  return added, hidden
end

--- Run `work` with our plug-ins on `chosen` switched off, so that stems are as they were before Tonn; then they are as
--- before.
function plugins.without(chosen, work)
  local off = {}
  for _, track in ipairs(chosen) do
    for _, name in ipairs({ plugins.EQ, plugins.COMPRESSOR }) do
      local fx = find(track, name)
      if fx and reaper.TrackFX_GetEnabled(track, fx) then
        reaper.TrackFX_SetEnabled(track, fx, false)
        off[#off + 1] = { track, fx }
      end
    end
  end
  local done, result = trouble.catch(work)
  for _, switched in ipairs(off) do
    reaper.TrackFX_SetEnabled(switched[1], switched[2], true)
  end
  if not done then
    error(result, 0)
  end
  return result
end

return plugins
