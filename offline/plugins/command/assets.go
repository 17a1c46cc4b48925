package main

import (
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collect adds the files that the inputs ask for to the result.
func collect(dir string, args ProcessArgs, result *ProcessResult) error {
	if dir == "" {
		dir = "."
	}
	if args.AssetPaths != nil {
		files, err := matching(dir, *args.AssetPaths)
		if err != nil {
			return err
		}
		assets := map[string]*types.AssetOrArchive{}
		for name, file := range files {
			assets[name] = &types.AssetOrArchive{Asset: file}
		}
		result.Assets = &assets
	}
	if args.ArchivePaths != nil {
		files, err := matching(dir, *args.ArchivePaths)
		if err != nil {
			return err
		}
		members := map[string]any{}
		for name, file := range files {
			members[name] = file
		}
		if result.Archive, err = resource.NewAssetArchive(members); err != nil {
			return err
		}
	}
	return nil
}

// matching finds files by globs in which `*` stops at a slash and `**` does not. The last glob that matches decides;
// one that starts with `!` excludes.
func matching(dir string, patterns []string) (map[string]*resource.Asset, error) {
	globs := make([]glob.Glob, len(patterns))
	for i, pattern := range patterns {
		compiled, err := glob.Compile(strings.TrimPrefix(pattern, "!"), '/')
		if err != nil {
			return nil, err
		}
		globs[i] = compiled
	}
	found := map[string]*resource.Asset{}
	return found, fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		included := false
		for i, compiled := range globs {
			if compiled.Match(name) {
				included = !strings.HasPrefix(patterns[i], "!")
			}
		}
		if included {
			found[name], err = resource.NewPathAsset(path.Join(dir, name))
		}
		return err
	})
}
