-- Your own mix again, exactly as it was.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
package.path = here .. "lib/?.lua;" .. package.path
require("action").run("Tonn revert", require("verbs").revert)
