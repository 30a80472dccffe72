local s = ("x"):rep(1e9)
while true do pcall(function() s = s .. s end) end