-- Renders the selected tracks as stems and writes the session file for them.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn write session", require("verbs").write_session)
