package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const table = `27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 254:0 /srv/a\040b\134c /m/0 ro,relatime - ext4 /dev/vda rw
41 27 0:60 / /m/1 ro shared:5 master:3 - tmpfs tmpfs rw
42 41 0:5 / /m/1/proc ro - proc proc rw
43 27 254:0 /docker.sock /m/10 ro - tmpfs tmpfs rw
cut off
44 27 254:0 /x /m/2 ro - `

func TestPlacesAtAPathAreTheMountAndWhatIsBelow(t *testing.T) {
	for path, expected := range map[string][]place{
		"/m/0": {{"254:0", `/srv/a b\c`, "ext4"}},
		"/m/1": {{"0:60", "/", "tmpfs"}, {"0:5", "/", "proc"}},
		"/m/2": {},
		"/m/3": {},
	} {
		if places := placesAt(table, path); !reflect.DeepEqual(places, expected) {
			t.Errorf("%s: %v", path, places)
		}
	}
}

func TestMountsTellsKindsAndWhatIsNotMounted(t *testing.T) {
	folder := t.TempDir()
	file, socket := filepath.Join(folder, "file"), filepath.Join(folder, "socket")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	code, output := probe(t, "mounts", "/proc", folder, file, socket, "/dev/null", filepath.Join(folder, "none"))
	if code != exitNo {
		t.Errorf("exit %d, %s", code, output)
	}
	kinds := []string{}
	for number, text := range strings.Split(strings.TrimSpace(output), "\n") {
		var found located
		if err := json.Unmarshal([]byte(text), &found); err != nil {
			t.Fatal(err)
		}
		if isMounted := len(found.Places) > 0; isMounted != (number == 0) {
			t.Errorf("%s: %v", found.Path, found.Places)
		}
		kinds = append(kinds, found.Kind)
	}
	if expected := []string{"folder", "folder", "file", "socket", "device", "other"}; !reflect.DeepEqual(kinds, expected) {
		t.Errorf("kinds %v", kinds)
	}
}

func TestMountsWantsAPath(t *testing.T) {
	if code, output := probe(t, "mounts"); code != exitCouldNotAsk || !strings.Contains(output, "no path") {
		t.Errorf("exit %d, %s", code, output)
	}
}
