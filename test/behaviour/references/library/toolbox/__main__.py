import toolbox

print("ran %s" % toolbox.ROOT)
