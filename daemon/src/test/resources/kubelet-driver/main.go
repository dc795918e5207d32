// Calls the kubelet's own credential provider code: the package in which a kubelet registers its plugins,
// called as its image manager does before a pull.
//
//	kubelet-driver CONFIG BIN-DIR
//
// reads one request per line on stdin, as JSON, and prints one answer per line:
//
//	{"image":"ghcr.io/a/b","namespace":"default","pod":"p","podUID":"1","serviceAccount":"builder"}
//	{"found":true,"auth":[{"username":"u","password":"p"}],"serviceAccount":"default/builder/uid-builder"}
//
// Every requested service account exists; its uid is "uid-" and its name, and its annotations are those
// of the request. Its tokens are JWTs with a dummy signature.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/credentialprovider/plugin"
)

type question struct {
	Image          string            `json:"image"`
	Namespace      string            `json:"namespace"`
	Pod            string            `json:"pod"`
	PodUID         string            `json:"podUID"`
	ServiceAccount string            `json:"serviceAccount"`
	Annotations    map[string]string `json:"annotations"`
}

type auth struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type answer struct {
	Found          bool   `json:"found"`
	Auth           []auth `json:"auth"`
	ServiceAccount string `json:"serviceAccount,omitempty"`
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: kubelet-driver CONFIG BIN-DIR")
	}
	var asked question
	tokens := 0
	err := plugin.RegisterCredentialProviderPlugins(os.Args[1], os.Args[2],
		func(namespace, name string, request *authenticationv1.TokenRequest) (*authenticationv1.TokenRequest, error) {
			tokens++
			request.Status.Token = token(namespace, name, request.UID, request.Spec.Audiences, tokens)
			return request, nil
		},
		func(namespace, name string) (*corev1.ServiceAccount, error) {
			return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
				Namespace: namespace, Name: name, UID: uid(name), Annotations: asked.Annotations,
			}}, nil
		})
	if err != nil {
		fail(err.Error())
	}
	fmt.Println(`{"ready":true}`)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		asked = question{}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fail(err.Error())
		}
		keyring := plugin.NewExternalCredentialProviderDockerKeyring(
			asked.Namespace, asked.Pod, asked.PodUID, asked.ServiceAccount)
		found, ok := keyring.Lookup(asked.Image)
		reply := answer{Found: ok, Auth: []auth{}}
		for _, each := range found {
			reply.Auth = append(reply.Auth, auth{each.Username, each.Password})
			if each.Source != nil && each.Source.ServiceAccount != nil {
				account := each.Source.ServiceAccount
				reply.ServiceAccount = account.Namespace + "/" + account.Name + "/" + account.UID
			}
		}
		line, err := json.Marshal(reply)
		if err != nil {
			fail(err.Error())
		}
		fmt.Println(string(line))
	}
}

func uid(name string) types.UID {
	return types.UID("uid-" + name)
}

// token returns a JWT with the claims of a bound token of the API server.
func token(namespace, name string, uid types.UID, audiences []string, serial int) string {
	claims, err := json.Marshal(map[string]any{
		"iss": "https://kubernetes.default.svc",
		"aud": audiences,
		"sub": "system:serviceaccount:" + namespace + ":" + name,
		"exp": time.Now().Add(time.Hour).Unix(),
		"jti": fmt.Sprint(serial),
		"kubernetes.io": map[string]any{
			"namespace":      namespace,
			"serviceaccount": map[string]any{"name": name, "uid": string(uid)},
		},
	})
	if err != nil {
		fail(err.Error())
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(claims) + "." + encode([]byte("unsigned"))
}

func fail(words string) {
	fmt.Fprintln(os.Stderr, "kubelet-driver: "+words)
	os.Exit(1)
}
