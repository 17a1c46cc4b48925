package main

import (
	_ "github.com/gobwas/glob"
	_ "github.com/pulumi/pulumi-go-provider"
	_ "github.com/pulumi/pulumi-go-provider/infer"
	_ "github.com/pulumi/pulumi-go-provider/infer/types"
)

func main() {}
