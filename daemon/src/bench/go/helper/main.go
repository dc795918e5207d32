// A minimal credential helper in Go: Docker's own library with an empty store.
package main

import "github.com/docker/docker-credential-helpers/credentials"

type nothing struct{}

func (nothing) Add(*credentials.Credentials) error { return nil }

func (nothing) Delete(string) error { return nil }

func (nothing) Get(string) (string, string, error) {
	return "", "", credentials.NewErrCredentialsNotFound()
}

func (nothing) List() (map[string]string, error) { return nil, nil }

func main() {
	credentials.Serve(nothing{})
}
