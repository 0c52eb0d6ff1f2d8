-- One undo point for a whole action, and one redraw.
local trouble = require("trouble")

local undo = {}

--- Run `work` as the one undo point `name`, and return what it returns. The block is closed on the way out of an error
--- too, so that a single undo takes back what had been done until then.
function undo.block(name, work)
  reaper.Undo_BeginBlock2(0)
  reaper.PreventUIRefresh(1)
  local done, result = trouble.catch(work)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(0, name, -1)
  if not done then
    error(result, 0)
  end
  return result
end

return undo
