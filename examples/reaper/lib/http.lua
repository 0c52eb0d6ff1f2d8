-- HTTP through the program `curl`, because Lua in REAPER has no sockets. macOS and Windows 10 and later bring it.
local place = require("place")
local trouble = require("trouble")

local http = {}

http.CONNECT_S, http.ANSWER_S = 2, 10
http.REFUSED, http.TOO_SLOW = "refused", "too slow"

local REASONS = { [7] = http.REFUSED, [28] = http.TOO_SLOW, [52] = http.REFUSED, [56] = http.REFUSED }
local PLACES = { "/usr/bin/curl", "/usr/local/bin/curl", "/opt/homebrew/bin/curl", "/bin/curl" }

--- Where curl is; its bare name where it is in none of the usual places.
local function program()
  local places = PLACES
  if place.on_windows() then
    places = { (os.getenv("SystemRoot") or "C:\\Windows") .. "\\System32\\curl.exe" }
  end
  for _, path in ipairs(places) do
    if reaper.file_exists(path) then
      return path
    end
  end
  return "curl"
end

--- One argument of a command line. Windows programs take backslashes before quotes; elsewhere nothing is read within
--- single quotes. `text` has no single quotes, and no backslash before a double one.
local function argument(text)
  if text:find("^[%w/._:=-]+$") then
    return text
  elseif place.on_windows() then
    return '"' .. text:gsub('"', '\\"') .. '"'
  end
  return text:find('"', 1, true) and "'" .. text .. "'" or '"' .. text .. '"'
end

--- The command line of a request. Settings of the user's own (-q) and proxies have no business between us and this
--- machine.
local function command(method, url, body)
  local words = { program(), "-q", "--silent", "--globoff", "--noproxy", "*", "--request", method }
  local function add(...)
    for _, word in ipairs({ ... }) do
      words[#words + 1] = word
    end
  end
  add("--connect-timeout", tostring(http.CONNECT_S), "--max-time", tostring(http.ANSWER_S))
  add("--write-out", "\\n%{http_code}")
  if body then
    -- a single quote would end the argument; to JSON its number is the same
    add("--header", "Content-Type: application/json", "--data-raw", (body:gsub("'", "\\u0027")))
  end
  add(url)
  for index, word in ipairs(words) do
    words[index] = argument(word)
  end
  return table.concat(words, " ")
end

--- Ask for `url`; `body` is JSON or nil. The status and the text of the answer, or nil and why there was none.
--- REAPER waits for it: at most ANSWER_S seconds, which curl itself holds to. (REAPER's own time limit is not for long
--- answers, its documentation says.)
function http.request(method, url, body)
  local said = reaper.ExecProcess(command(method, url, body), 0)
  local code, output = (said or ""):match("^(%-?%d+)\r?\n(.*)$")
  if not code or code == "127" then
    trouble.raise(
      "REAPER could not start curl, through which this script speaks to tonn-bridge.",
      "macOS and Windows 10 and later have it. On Linux install the package curl; on older Windows put curl.exe into "
        .. "C:\\Windows\\System32. Then try again."
    )
  end
  if code ~= "0" then
    return nil, REASONS[tonumber(code)] or "curl says " .. code
  end
  local text, status = output:match("^(.*)\n(%d%d%d)%s*$")
  if not status then
    return nil, "curl's answer cannot be read"
  end
  return tonumber(status), text
end

return http
