// Asks the kubelet's own keyring: which user names of a dockerconfigjson Secret does it try for an image?
//
//	keyring IMAGE... < .dockerconfigjson
//
// prints one line an image: the user names in the order in which the kubelet tries them.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
)

func main() {
	config, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	secret := corev1.Secret{
		Type: corev1.SecretTypeDockerConfigJson,
		Data: map[string][]byte{corev1.DockerConfigJsonKey: config},
	}
	keyring, err := secrets.MakeDockerKeyring([]corev1.Secret{secret}, &credentialprovider.BasicDockerKeyring{})
	if err != nil {
		panic(err)
	}
	for _, image := range os.Args[1:] {
		found, _ := keyring.Lookup(image)
		names := []string{}
		for _, auth := range found {
			names = append(names, auth.Username)
		}
		fmt.Println(strings.Join(names, " "))
	}
}
