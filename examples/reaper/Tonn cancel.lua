-- Stops waiting, or says no to a question.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn cancel", require("verbs").cancel)
