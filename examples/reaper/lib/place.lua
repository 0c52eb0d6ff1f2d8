-- Where things of this song are. What has to be known later is kept in the project itself.
local trouble = require("trouble")

local place = {}

local SECTION = "tonn-bridge"
local USUAL_ADDRESS = "127.0.0.1:8765"

function place.on_windows()
  return reaper.GetOS():sub(1, 3) == "Win"
end

--- A value kept in the project, or nil.
function place.kept(key)
  local found, value = reaper.GetProjExtState(0, SECTION, key)
  return found > 0 and value ~= "" and value or nil
end

--- Keep `value` in the project.
function place.keep(key, value)
  reaper.SetProjExtState(0, SECTION, key, value)
end

--- The folder of the project and the project's name; raises where it has never been saved.
function place.project()
  local _, file = reaper.EnumProjects(-1, "")
  local folder, name = file:match("^(.*)[/\\]([^/\\]+)$")
  if not folder then
    trouble.raise(
      "This project has not been saved yet, so there is no folder to put the stems in.",
      "Save it (Ctrl+S, on a Mac Cmd+S), then try again."
    )
  end
  return folder, (name:gsub("%.[Rr][Pp][Pp]$", ""))
end

--- `folder/name`, in the way of this system.
function place.join(folder, name)
  return folder .. (place.on_windows() and "\\" or "/") .. name
end

--- The folder of this song's session file, or nil where none was written from here.
function place.session_folder()
  return place.kept("folder")
end

--- The text of a file; nil where there is none.
function place.read(file)
  local handle = io.open(file, "rb")
  if not handle then
    return nil
  end
  local text = handle:read("a")
  handle:close()
  return text
end

--- Where `[control] http` of a session says that the daemon listens, host:port; nil where it does not say. What is no
--- such address never gets onto a command line.
local function address_in(session)
  local table_name
  for line in session:gmatch("[^\r\n]+") do
    table_name = line:match("^%s*%[+%s*([%w_.]+)%s*%]+") or table_name
    local address = table_name == "control" and line:match('^%s*http%s*=%s*["\'](%[?[%w.:-]+%]?:%d+)["\']')
    if address then
      return address
    end
  end
end

--- Where the daemon answers: as the song's session file says, else the usual place.
function place.daemon_url()
  local folder = place.session_folder()
  local session = folder and place.read(place.join(folder, "session.toml"))
  local address = session and address_in(session) or USUAL_ADDRESS
  return "http://" .. address:gsub("^0%.0%.0%.0:", "127.0.0.1:")
end

return place
