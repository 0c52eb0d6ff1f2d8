-- What the actions of the package do, one function each.
local bridge = require("bridge")
local place = require("place")
local plugins = require("plugins")
local session = require("session")
local stems = require("stems")
local tracks = require("tracks")
local trouble = require("trouble")
local undo = require("undo")
local view = require("view")
local watch = require("watch")

local verbs = {}

local OK_ONLY, OK_CANCEL, YES_NO = 0, 1, 4
local OK, YES = 1, 6
local TITLES = { preview = "Tonn preview", final = "Tonn final mix" }

local function tell(text, title)
  reaper.ShowMessageBox(text, title or "Tonn", OK_ONLY)
end

local function file_of(document, what)
  local file = document[what .. "_file"]
  if not file then
    trouble.raise("There is no " .. TITLES[what]:gsub("^Tonn ", "") .. " yet.",
      'Ask for one with the action "Tonn ' .. what .. '".')
  end
  return file
end

local function bring_in(document, what)
  if not tracks.bring_in(file_of(document, what), TITLES[what]) then
    tell("It is in the project already, as a track of its own.", TITLES[what])
  end
end

--- Ask for a preview or the final mix; when it has come, offer to bring it in.
local function ask_for(what)
  bridge.act(what)
  watch.follow(TITLES[what], function(document)
    if not document[what .. "_file"] then
      return -- it was cancelled
    end
    local proposed = what == "preview" and document.tracks[1] and document.tracks[1].proposal
    local hint = proposed and '\n\n"Tonn apply" sets your faders and plug-ins to it.' or ""
    local answer = reaper.ShowMessageBox(
      "The " .. TITLES[what]:gsub("^Tonn ", "") .. " is there:\n" .. document[what .. "_file"] .. hint
        .. "\n\nBring it in as a muted track?", TITLES[what], YES_NO)
    if answer == YES then
      bring_in(document, what)
    end
  end)
end

--- Ask for what moves faders; when they stand, tell what could not be set.
local function move(verb)
  bridge.act(verb)
  watch.follow("Tonn " .. verb, function(document)
    local problems = verb == "apply" and view.problems(document) or {}
    if #problems > 0 then
      tell("Not everything could be set:\n\n" .. table.concat(problems, "\n"), "Tonn apply")
    end
  end)
end

function verbs.preview()
  ask_for("preview")
end

function verbs.final()
  ask_for("final")
end

function verbs.apply()
  move("apply")
end

function verbs.revert()
  move("revert")
end

function verbs.compare()
  move("compare")
end

--- Put the question that is open, if any, to the person again.
function verbs.confirm()
  if not bridge.state().question then
    trouble.raise("Nothing is being asked.", "A preview or a final mix asks when it would cost something.")
  end
  reaper.DeleteExtState("tonn-bridge", "asked", false)
  watch.look()
end

function verbs.cancel()
  bridge.act("cancel")
end

function verbs.bring_in_preview()
  bring_in(bridge.state(), "preview")
end

function verbs.bring_in_final()
  bring_in(bridge.state(), "final")
end

--- Tonn's plug-ins on the selected tracks, where they are missing.
function verbs.prepare()
  local added, hidden = plugins.prepare(tracks.selected())
  if #hidden > 0 then
    tell(
      "These tracks have a ReaEQ or ReaComp of yours behind ours, and tonn-bridge takes the last one of a track: "
        .. table.concat(hidden, ", ") .. ".\n\nDrag ours behind yours on them, or Tonn's settings would go into yours.",
      "Tonn prepare tracks")
  elseif added == 0 then
    tell("All selected tracks have Tonn's plug-ins already.", "Tonn prepare tracks")
  end
end

--- A session for the song's name and style, which are asked for; nil where the person would rather not.
local function new_session(project)
  local answered, values = reaper.GetUserInputs("Tonn: a new session", 2,
    "Name of the song,Style (POP; METAL; ...),extrawidth=160,separator=\n", project .. "\nOTHER")
  if not answered then
    return nil
  end
  local name, style = values:match("^(.-)\n(.*)$")
  style = style:upper():gsub("^%s+", ""):gsub("%s+$", ""):gsub("[%s/-]+", "_")
  for _, known in ipairs(session.STYLES) do
    if style == known then
      return session.new(name ~= "" and name or project, style)
    end
  end
  trouble.raise('Tonn knows no style "' .. style .. '".', "It knows " .. table.concat(session.STYLES, ", ") .. ".")
end

--- Stems of the selected tracks, and the session file for them.
function verbs.write_session()
  local project_folder, project = place.project()
  local chosen = tracks.selected()
  local plan = stems.plan(chosen)
  local folder = place.join(project_folder, "Tonn")
  local written = session.read(folder) or new_session(project)
  if not written then
    return
  end
  local stem_folder = stems.new_folder(folder)
  local answer = reaper.ShowMessageBox(
    string.format("Render %d stems, %s, to\n%s?", #chosen, stems.describe(plan), stem_folder),
    "Tonn write session", OK_CANCEL)
  if answer ~= OK then
    return
  end
  local file = undo.block("Tonn: write session", function()
    local files = stems.render(chosen, plan, stem_folder)
    local path = session.write(folder, session.text(chosen, files, folder, written))
    place.keep("folder", folder)
    place.keep("start", string.format("%.17g", plan.start))
    return path
  end)
  tell(
    "The session is written:\n" .. file .. "\n\nLook at the groups of the tracks in it. Then, in a terminal:\n\n"
      .. (place.on_windows() and "cd /d" or "cd") .. ' "' .. folder .. '"\ntonn-bridge run',
    "Tonn write session")
end

--- Put the OSC pattern file where REAPER looks for it, and say how it is chosen.
function verbs.set_up_osc(package_folder)
  local text = place.read(package_folder .. "tonn-bridge.ReaperOSC")
  if not text then
    trouble.raise("The file tonn-bridge.ReaperOSC is not beside this script.", "Install the package again, whole.")
  end
  local folder = place.join(reaper.GetResourcePath(), "OSC")
  reaper.RecursiveCreateDirectory(folder, 0)
  local file = place.join(folder, "tonn-bridge.ReaperOSC")
  local handle = io.open(file, "wb")
  if not (handle and handle:write(text) and handle:close()) then
    trouble.raise(file .. " could not be written.", "Copy tonn-bridge.ReaperOSC there by hand.")
  end
  tell(
    "The pattern file is installed. Now, once:\n\n"
      .. "1. Preferences > Control/OSC/web > Add, mode OSC (Open Sound Control)\n"
      .. "2. Pattern config: tonn-bridge\n"
      .. "3. Mode: Configure device IP+local port; device 127.0.0.1, device port 9000, local listen port 8000\n"
      .. "4. Max packet size 8192, wait between packets 1 ms: plug-ins have much to tell",
    "Tonn set up OSC")
end

return verbs
