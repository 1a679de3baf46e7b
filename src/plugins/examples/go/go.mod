module hbd/examples/writefile

go 1.19
