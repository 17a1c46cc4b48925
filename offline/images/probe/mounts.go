package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// mountTable lists what this process sees: one mount a line.
// https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts
const mountTable = "/proc/self/mountinfo"

// place is where a mount leads to: a folder or file of one file system, however many names lead to it.
type place struct {
	// Major and minor number of the file system.
	Device string `json:"device"`
	// Path from the file system's own root.
	Root string `json:"root"`
	Type string `json:"type"`
}

type located struct {
	Path string `json:"path"`
	// What the path itself is: folder, file, socket, block, memory (a device that is the machine's memory), device or other.
	Kind string `json:"kind"`
	// The mount at the path and those below it.
	Places []place `json:"places"`
}

// runMounts prints one line of JSON for each path that something is mounted at.
func runMounts(arguments []string, output io.Writer) (int, error) {
	paths, err := parse(flag.NewFlagSet("mounts", flag.ContinueOnError), arguments)
	if err != nil {
		return 0, err
	}
	if len(paths) == 0 {
		return 0, fmt.Errorf("%w: no path given", errUsage)
	}
	table, err := os.ReadFile(mountTable)
	if err != nil {
		return 0, err
	}
	code := exitYes
	for _, path := range paths {
		found := located{Path: path, Kind: kindOf(path), Places: placesAt(string(table), path)}
		if len(found.Places) == 0 {
			code = exitNo
		}
		if err := line(output, found); err != nil {
			return 0, err
		}
	}
	return code, nil
}

// placesAt reads a mount table: what is mounted at a path or below it.
func placesAt(table, path string) []place {
	places := []place{}
	for _, mount := range strings.Split(table, "\n") {
		own, system, isWhole := strings.Cut(mount, " - ")
		fields, kind := strings.Fields(own), strings.Fields(system)
		if !isWhole || len(fields) < 5 || len(kind) == 0 {
			continue
		}
		if point := unescaped(fields[4]); point == path || strings.HasPrefix(point, path+"/") {
			places = append(places, place{Device: fields[2], Root: unescaped(fields[3]), Type: kind[0]})
		}
	}
	return places
}

// unescaped is a name of the mount table, in which a space is \040.
func unescaped(name string) string {
	var text strings.Builder
	for at := 0; at < len(name); at++ {
		if name[at] == '\\' && at+3 < len(name) {
			if code, err := strconv.ParseUint(name[at+1:at+4], 8, 8); err == nil {
				text.WriteByte(byte(code))
				at += 3
				continue
			}
		}
		text.WriteByte(name[at])
	}
	return text.String()
}

func kindOf(path string) string {
	found, err := os.Stat(path)
	if err != nil {
		return "other"
	}
	switch mode := found.Mode(); {
	case mode.IsDir():
		return "folder"
	case mode.IsRegular():
		return "file"
	case mode&os.ModeSocket != 0:
		return "socket"
	case mode&os.ModeCharDevice != 0:
		if isMemory(found) {
			return "memory"
		}
		return "device"
	case mode&os.ModeDevice != 0:
		return "block"
	default:
		return "other"
	}
}

// isMemory tells /dev/mem, /dev/kmem and /dev/port from /dev/null and others of their family.
// https://www.kernel.org/doc/Documentation/admin-guide/devices.txt
func isMemory(found os.FileInfo) bool {
	status, isKnown := found.Sys().(*syscall.Stat_t)
	if !isKnown {
		return false
	}
	major, minor := status.Rdev>>8&0xfff, status.Rdev&0xff
	return major == 1 && (minor == 1 || minor == 2 || minor == 4)
}
