// Lets put.go declare a function without a body.
