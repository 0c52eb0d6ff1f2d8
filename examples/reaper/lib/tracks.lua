-- The tracks of the project: those a person has selected, and those this package has brought in.
local place = require("place")
local trouble = require("trouble")
local undo = require("undo")

local tracks = {}

local OURS = "P_EXT:tonn_bridge"

--- The file that this package has brought in on `track`, or nil.
function tracks.brought_in(track)
  local _, file = reaper.GetSetMediaTrackInfo_String(track, OURS, "", false)
  return file ~= "" and file or nil
end

--- The name of a track; "" where it has none.
function tracks.name(track)
  local _, name = reaper.GetSetMediaTrackInfo_String(track, "P_NAME", "", false)
  return name
end

--- The number beside a track, from 1.
function tracks.number(track)
  return math.floor(reaper.GetMediaTrackInfo_Value(track, "IP_TRACKNUMBER"))
end

--- What to call a track when speaking of it.
function tracks.label(track)
  local name = tracks.name(track)
  return name ~= "" and '"' .. name .. '"' or "Track " .. tracks.number(track)
end

--- The selected tracks in their order, without those that were brought in; raises where there is none.
function tracks.selected()
  local found = {}
  for index = 0, reaper.CountSelectedTracks(0) - 1 do
    local track = reaper.GetSelectedTrack(0, index)
    if not tracks.brought_in(track) then
      found[#found + 1] = track
    end
  end
  if #found == 0 then
    trouble.raise(
      "No track is selected.",
      "Select the tracks that shall be mixed (click the first, then the last with Shift held), then try again."
    )
  end
  return found
end

--- Run `work` with exactly `chosen` selected; then what was selected before is again.
function tracks.with_selection(chosen, work)
  local all = { reaper.GetMasterTrack(0) }
  for index = 0, reaper.CountTracks(0) - 1 do
    all[#all + 1] = reaper.GetTrack(0, index)
  end
  local before, wanted = {}, {}
  for _, track in ipairs(all) do
    before[track] = reaper.IsTrackSelected(track)
  end
  for _, track in ipairs(chosen) do
    wanted[track] = true
  end
  local function select(which)
    for _, track in ipairs(all) do
      reaper.SetTrackSelected(track, which[track] or false)
    end
  end
  select(wanted)
  local done, result = trouble.catch(work)
  select(before)
  if not done then
    error(result, 0)
  end
  return result
end

local function track_with(file)
  for index = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, index)
    if tracks.brought_in(track) == file then
      return track
    end
  end
end

local function insert(file, name)
  local source = reaper.PCM_Source_CreateFromFile(file)
  if not source then
    trouble.raise("REAPER cannot read " .. file .. ".", "Open it in another program to see whether it plays.")
  end
  local index = reaper.CountTracks(0)
  reaper.InsertTrackAtIndex(index, false)
  local track = reaper.GetTrack(0, index)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  reaper.GetSetMediaTrackInfo_String(track, OURS, file, true)
  reaper.SetMediaTrackInfo_Value(track, "B_MUTE", 1)
  local item = reaper.AddMediaItemToTrack(track)
  reaper.SetMediaItemTake_Source(reaper.AddTakeToMediaItem(item), source)
  reaper.SetMediaItemInfo_Value(item, "D_POSITION", tonumber(place.kept("start") or "0"))
  reaper.SetMediaItemInfo_Value(item, "D_LENGTH", (reaper.GetMediaSourceLength(source)))
  reaper.SetMediaItemInfo_Value(item, "B_LOOPSRC", 0)
  reaper.UpdateItemInProject(item)
  return track
end

--- Bring `file` in as a muted track behind the others, where the stems begin. A file that is there already is not
--- brought in again. True where it was new.
function tracks.bring_in(file, name)
  if not reaper.file_exists(file) then
    trouble.raise(
      "The file " .. file .. " is not there any more.",
      "If it was moved or deleted, ask for it again; if tonn-bridge runs on another computer, copy it from there."
    )
  end
  if track_with(file) then
    return false
  end
  undo.block("Tonn: bring in " .. name, function()
    insert(file, name)
  end)
  reaper.UpdateArrange()
  return true
end

return tracks
