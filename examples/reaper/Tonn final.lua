-- Tonn makes the final mix with your moves in it.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn final", require("verbs").final)
