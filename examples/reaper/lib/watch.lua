-- Looking at the daemon until what was asked for is done; its questions are put to the person, and to nobody else.
local action = require("action")
local bridge = require("bridge")
local trouble = require("trouble")
local view = require("view")

local watch = {}

watch.EVERY_S = 0.5

local SECTION = "tonn-bridge"
local YES_NO, YES = 4, 6

--- Put the question of `document` to the person, once, whichever of our windows are open; a yes is for that question
--- only, and without a yes nothing is spent.
local function ask(document)
  local question = document.question
  local id = tostring(question.id)
  if reaper.GetExtState(SECTION, "asked") == id then
    return
  end
  reaper.SetExtState(SECTION, "asked", id, false)
  local answer = reaper.ShowMessageBox(
    view.question(question) .. string.format("\n\nYes: go on. No: nothing is spent. It waits %d seconds.",
      math.floor(question.expires_s or 0)),
    "Tonn asks", YES_NO)
  if answer == YES then
    bridge.act("confirm", { id = question.id })
  else
    bridge.act("cancel")
  end
end

--- Look now: the document, after its question, if any, has been put.
function watch.look()
  local document = bridge.state()
  if not document.question then
    return document
  end
  ask(document)
  return bridge.state()
end

--- Look every EVERY_S seconds until nothing is under way, then call `done` with the document; `title` is for windows in
--- which trouble is told. What is under way is shown in REAPER's help line.
function watch.follow(title, done)
  local next_look = 0
  local function step()
    if reaper.time_precise() < next_look then
      return action.later(title, step)
    end
    next_look = reaper.time_precise() + watch.EVERY_S
    local document = watch.look()
    if document.running or document.question then
      reaper.Help_Set("Tonn: " .. (view.progress(document) or "waits for an answer"), true)
      return action.later(title, step)
    end
    reaper.Help_Set("", true)
    if document.error then
      trouble.raise(document.error.text, "The action \"Tonn state\" shows the rest.")
    end
    done(document)
  end
  step()
end

return watch
