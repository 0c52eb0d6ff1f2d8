-- How each action of the package runs: whatever goes wrong is told, and none leaves REAPER in the middle of something.
local trouble = require("trouble")

local action = {}

local function guarded(title, work)
  local done, raised = trouble.catch(work)
  if not done then
    trouble.tell(title, raised)
  end
end

--- Run `work` now; trouble is shown in a window called `title`.
function action.run(title, work)
  guarded(title, work)
  reaper.defer(function() end) -- without this REAPER makes an undo point for every script, even one that only asks
end

--- Run `work` when REAPER next has time for scripts, some thirty times a second.
function action.later(title, work)
  reaper.defer(function()
    guarded(title, work)
  end)
end

return action
