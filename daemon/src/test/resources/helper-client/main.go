// Calls a credential helper with the package that Docker, BuildKit, podman and others use for it.
//
//	helper-client PROGRAM get|erase SERVER
//	helper-client PROGRAM store SERVER USERNAME SECRET
//	helper-client PROGRAM list
//
// prints one line of JSON: the credential, the list, or the package's error:
//
//	{"error":"credentials not found in native keychain","notFound":true}
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
	// A test of ours reads the vectors of its tests from this module's folder.
	_ "github.com/docker/docker-credential-helpers/registryurl"
)

type failure struct {
	Error    string `json:"error"`
	NotFound bool   `json:"notFound"`
}

func main() {
	answer, err := call(client.NewShellProgramFunc(os.Args[1]), os.Args[2], os.Args[3:])
	if err != nil {
		answer = failure{err.Error(), credentials.IsErrCredentialsNotFound(err)}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		panic(err)
	}
}

func call(program client.ProgramFunc, action string, words []string) (any, error) {
	switch action {
	case "get":
		return client.Get(program, words[0])
	case "list":
		return client.List(program)
	case "store":
		return struct{}{}, client.Store(program, &credentials.Credentials{ServerURL: words[0], Username: words[1], Secret: words[2]})
	case "erase":
		return struct{}{}, client.Erase(program, words[0])
	}
	return nil, fmt.Errorf("unknown action %s", action)
}
