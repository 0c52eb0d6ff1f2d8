-- The window that shows how things stand, until it is closed.
local action = require("action")
local place = require("place")
local trouble = require("trouble")
local view = require("view")
local watch = require("watch")

local window = {}

local TITLE, WIDTH, HEIGHT = "Tonn", 720, 480
local MARGIN, LINE = 10, 18
local CLOSED, ESCAPE = -1, 27

local function draw(lines)
  gfx.set(0.92, 0.92, 0.92, 1)
  for row, line in ipairs(lines) do
    gfx.x, gfx.y = MARGIN, MARGIN + (row - 1) * LINE
    gfx.drawstr(line)
  end
  gfx.update()
end

--- The lines to show now; while the daemon is not there, that, for it may come back.
local function now()
  local looked, found = trouble.catch(watch.look)
  if looked then
    return view.lines(found)
  elseif found.trace then
    error(found, 0)
  end
  local lines = {}
  for line in (found.what .. "\n\n" .. found.next_step):gmatch("[^\n]*") do
    lines[#lines + 1] = line
  end
  return lines
end

function window.open()
  gfx.init(TITLE, WIDTH, HEIGHT)
  gfx.setfont(1, place.on_windows() and "Consolas" or "Menlo", 14)
  local lines, next_look = {}, 0
  local function step()
    local key = gfx.getchar()
    if key == CLOSED or key == ESCAPE then
      return gfx.quit()
    end
    if reaper.time_precise() >= next_look then
      lines = now()
      next_look = reaper.time_precise() + watch.EVERY_S
    end
    draw(lines)
    action.later(TITLE, step)
  end
  step()
end

return window
