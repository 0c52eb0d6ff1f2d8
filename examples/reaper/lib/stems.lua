-- Stems: each selected track as a file of its own, from the same start, as it sounds before its fader and its pan.
local place = require("place")
local plugins = require("plugins")
local tracks = require("tracks")
local trouble = require("trouble")

local stems = {}

stems.FEWEST, stems.MOST = 2, 32
stems.LONGEST_S = 8 * 60

-- "File: Render project, using the most recent render settings, auto-close render dialog"
local RENDER = 42230
-- RENDER_SETTINGS: stems only, tracks with only mono media to mono files, before the fader.
local STEMS_ONLY, MONO_STAYS_MONO, PRE_FADER = 2, 16, 8192
local SETTINGS = STEMS_ONLY | MONO_STAYS_MONO | PRE_FADER
local WAV_24_BIT = "ZXZhdxgAAA=="

local function clock(seconds)
  return string.format("%d:%02d", seconds // 60, math.floor(seconds % 60))
end

-- --- what may be rendered --------------------------------------------------------------------------------------------

local function check_count(chosen)
  if #chosen < stems.FEWEST or #chosen > stems.MOST then
    trouble.raise(
      string.format("Tonn mixes %d to %d tracks; %d %s selected.", stems.FEWEST, stems.MOST, #chosen,
        #chosen == 1 and "is" or "are"),
      #chosen > stems.MOST
          and "Leave tracks out, or put some into a folder and select the folder in their place."
        or "Select all the tracks of the song (click the first, then the last with Shift held), then try again."
    )
  end
end

--- What would be silent: a muted track, and while others are soloed one that is not.
local function check_audible(chosen)
  local solo = reaper.AnyTrackSolo(0)
  for _, track in ipairs(chosen) do
    if reaper.GetMediaTrackInfo_Value(track, "B_MUTE") > 0 then
      trouble.raise(
        tracks.label(track) .. " is muted: its stem would be silent.",
        "Unmute it, or take it out of the selection, then try again."
      )
    elseif solo and reaper.GetMediaTrackInfo_Value(track, "I_SOLO") == 0 then
      trouble.raise(
        "Other tracks are soloed, so " .. tracks.label(track) .. " would be silent.",
        "Switch all solos off (the action \"Track: Unsolo all tracks\"), then try again."
      )
    end
  end
end

--- A folder and a track in it, both selected, would be in the mix twice.
local function check_folders(chosen)
  local selected = {}
  for _, track in ipairs(chosen) do
    selected[track] = true
  end
  for _, track in ipairs(chosen) do
    local inner, folder = track, reaper.GetParentTrack(track)
    while folder do
      if reaper.GetMediaTrackInfo_Value(inner, "B_MAINSEND") == 0 then
        break -- it does not go through the folder
      elseif selected[folder] then
        trouble.raise(
          string.format("%s is in the folder %s, and both are selected: it would be in the mix twice.",
            tracks.label(track), tracks.label(folder)),
          "Select the folder, or what is in it, then try again."
        )
      end
      inner, folder = folder, reaper.GetParentTrack(folder)
    end
  end
end

--- From the first to the last item of the song, in seconds; what was brought in from Tonn does not count.
local function extent()
  local start, stop = math.huge, -math.huge
  for index = 0, reaper.CountMediaItems(0) - 1 do
    local item = reaper.GetMediaItem(0, index)
    if not tracks.brought_in(reaper.GetMediaItem_Track(item)) then
      local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
      start = math.min(start, position)
      stop = math.max(stop, position + reaper.GetMediaItemInfo_Value(item, "D_LENGTH"))
    end
  end
  if start >= stop then
    trouble.raise("There is nothing on the tracks.", "Record or import something first.")
  end
  return math.max(start, 0), stop
end

--- What would be rendered: from where to where in seconds, and whether the time selection says so.
local function bounds()
  local start, stop = reaper.GetSet_LoopTimeRange2(0, false, false, 0, 0, false)
  local by_hand = stop > start
  if not by_hand then
    start, stop = extent()
  end
  if stop - start > stems.LONGEST_S then
    trouble.raise(
      string.format("From %s to %s is longer than the 8 minutes that Tonn takes.", clock(start), clock(stop)),
      "Make a time selection of at most 8 minutes around what shall be mixed, then try again."
    )
  end
  return { start = start, stop = stop, by_hand = by_hand }
end

--- What is to be rendered of `chosen`; raises what speaks against it.
function stems.plan(chosen)
  check_count(chosen)
  check_audible(chosen)
  check_folders(chosen)
  return bounds()
end

--- A plan in words.
function stems.describe(plan)
  return string.format("%s to %s (%s)", clock(plan.start), clock(plan.stop),
    plan.by_hand and "the time selection" or "the whole song")
end

-- --- rendering -------------------------------------------------------------------------------------------------------

local function number_setting(key, value)
  return reaper.GetSetProjectInfo(0, key, value or 0, value ~= nil)
end

local function text_setting(key, value)
  local _, text = reaper.GetSetProjectInfo_String(0, key, value or "", value ~= nil)
  return text
end

--- Run `work` with the project's render settings as given; then they are as they were.
local function with_settings(numbers, texts, work)
  local before = {}
  local function change(set, settings)
    for key, value in pairs(settings) do
      before[#before + 1] = { set, key, set(key) }
      set(key, value)
    end
  end
  local done, result = trouble.catch(function()
    change(number_setting, numbers)
    change(text_setting, texts)
    return work()
  end)
  for index = #before, 1, -1 do
    local set, key, value = table.unpack(before[index])
    set(key, value)
  end
  if not done then
    error(result, 0)
  end
  return result
end

--- The files that REAPER is about to write, in the order of the tracks.
local function targets(count)
  local files = {}
  for file in text_setting("RENDER_TARGETS"):gmatch("[^;]+") do
    files[#files + 1] = file
  end
  if #files ~= count then
    trouble.raise(
      string.format("REAPER would write %d files for %d tracks.", #files, count),
      "Take semicolons out of the names of the tracks, then try again."
    )
  end
  return files
end

local function check_written(files, chosen)
  for index, file in ipairs(files) do
    if not reaper.file_exists(file) then
      trouble.raise(
        "The stem of " .. tracks.label(chosen[index]) .. " was not written:\n" .. file,
        "If you stopped the rendering, try again. Else look whether the disk is full."
      )
    end
  end
end

--- Render `chosen` into `folder`; the files, one for each track. Faders, pans and mutes are not touched; our own
--- plug-ins are off meanwhile, and the project's render settings are afterwards as they were.
function stems.render(chosen, plan, folder)
  reaper.RecursiveCreateDirectory(folder, 0)
  local numbers = {
    RENDER_SETTINGS = SETTINGS,
    RENDER_BOUNDSFLAG = 0,
    RENDER_STARTPOS = plan.start,
    RENDER_ENDPOS = plan.stop,
    RENDER_CHANNELS = 2,
    RENDER_SRATE = 0, -- the project's
    RENDER_TAILFLAG = 0,
    RENDER_ADDTOPROJ = 0,
    RENDER_DITHER = 0,
    RENDER_NORMALIZE = 0, -- nor limited, nor faded, nor trimmed: all of them begin together
  }
  local texts = {
    RENDER_FILE = folder,
    RENDER_PATTERN = "$tracknumber $track",
    RENDER_FORMAT = WAV_24_BIT,
    RENDER_FORMAT2 = "",
  }
  return tracks.with_selection(chosen, function()
    return plugins.without(chosen, function()
      return with_settings(numbers, texts, function()
        if math.floor(number_setting("RENDER_SETTINGS")) & SETTINGS ~= SETTINGS then
          trouble.raise(
            "This REAPER (" .. reaper.GetAppVersion() .. ") cannot render stems before the fader.",
            "Update it to the newest version 7."
          )
        end
        local files = targets(#chosen)
        reaper.Main_OnCommand(RENDER, 0)
        check_written(files, chosen)
        return files
      end)
    end)
  end)
end

--- A folder beside the session that holds nothing yet: "stems", or "stems 2", ...
function stems.new_folder(session_folder)
  local number, folder = 1, place.join(session_folder, "stems")
  local function is_used()
    reaper.EnumerateFiles(folder, -1) -- it remembers what it has seen, until told to look again
    return reaper.EnumerateFiles(folder, 0) ~= nil
  end
  while is_used() do
    number = number + 1
    folder = place.join(session_folder, "stems " .. number)
  end
  return folder
end

return stems
