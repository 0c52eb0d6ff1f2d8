-- The running tonn-bridge: its state document, and its verbs.
local http = require("http")
local json = require("json")
local place = require("place")
local trouble = require("trouble")

local bridge = {}

local function not_there(url, reason)
  if reason == http.TOO_SLOW then
    trouble.raise(
      "tonn-bridge at " .. url .. " did not answer within " .. http.ANSWER_S .. " seconds.",
      "Look into the terminal where it runs; if it says nothing there either, end it with Ctrl-C and start it again."
    )
  elseif reason ~= http.REFUSED then
    trouble.raise("tonn-bridge at " .. url .. " could not be asked: " .. reason .. ".", "Try again.")
  end
  local folder = place.session_folder()
  trouble.raise(
    "tonn-bridge does not answer at " .. url .. ".",
    folder
        and "Start it: open a terminal, go to the folder\n" .. folder .. "\nand type:  tonn-bridge run"
      or "Write a session first (the action \"Tonn write session\"), then open a terminal in its folder and type:  "
        .. "tonn-bridge run"
  )
end

local function stranger(url)
  trouble.raise(
    "Something else than tonn-bridge answers at " .. url .. ".",
    'Give tonn-bridge another address: http = "127.0.0.1:8766" under [control] in session.toml; then start it again.'
  )
end

--- The answer to a request, as a table; raises what the daemon says against it.
local function ask(method, path, body)
  local url = place.daemon_url()
  local status, text = http.request(method, url .. path, body)
  if not status then
    not_there(url, text)
  end
  local read, answer = pcall(json.decode, text)
  if not read or type(answer) ~= "table" then
    stranger(url)
  end
  if status >= 400 then
    local said = answer.error
    if type(said) ~= "table" or type(said.text) ~= "string" then
      stranger(url)
    end
    local todo = status == 409 and 'The action "Tonn state" shows what is going on.' or "Nothing was changed."
    trouble.raise(said.text, todo)
  end
  return answer
end

--- The state document, as it is now.
function bridge.state()
  local document = ask("GET", "/api/state")
  if type(document.tracks) ~= "table" or type(document.state) ~= "string" then
    stranger(place.daemon_url())
  end
  return document
end

--- Begin an action (preview, apply, ...); it goes on after this has returned.
function bridge.act(verb, arguments)
  ask("POST", "/api/actions/" .. verb, json.encode(arguments or {}))
end

return bridge
