-- What goes wrong and can be told: what it is, and what to do next. Anything else that is raised is a fault of ours.
local trouble = {}

local KIND = {}

--- Raise `what` went wrong; `next_step` says what a person can do about it.
function trouble.raise(what, next_step)
  error(setmetatable({ what = what, next_step = next_step }, KIND), 0)
end

--- Run `work`. True and what it returns, or false and the trouble; a fault of ours has a `trace`.
function trouble.catch(work)
  return xpcall(work, function(raised)
    if getmetatable(raised) == KIND then
      return raised
    end
    local text = tostring(raised)
    return setmetatable({
      what = "Something happened that nobody expected: " .. text,
      next_step = "Please report it; the details are in the ReaScript console.",
      trace = debug.traceback(text, 2),
    }, KIND)
  end)
end

--- Tell a person, in a window.
function trouble.tell(title, raised)
  if raised.trace then
    reaper.ShowConsoleMsg(raised.trace .. "\n")
  end
  reaper.ShowMessageBox(raised.what .. "\n\n" .. raised.next_step, title, 0)
end

return trouble
