// A minimal kubelet plugin in Go: it decodes the request and encodes an answer with Kubernetes' own types, as the plugins
// of the clouds do, and contacts no service.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kubelet/pkg/apis/credentialprovider/install"
	provider "k8s.io/kubelet/pkg/apis/credentialprovider/v1"
)

func answer(in io.Reader, out io.Writer) error {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	codecs := serializer.NewCodecFactory(scheme)
	body, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	request := &provider.CredentialProviderRequest{}
	if _, _, err := codecs.UniversalDeserializer().Decode(body, nil, request); err != nil {
		return err
	}
	response := &provider.CredentialProviderResponse{
		CacheKeyType:  provider.ImagePluginCacheKeyType,
		CacheDuration: &v1.Duration{Duration: 10 * time.Minute},
		Auth:          map[string]provider.AuthConfig{request.Image: {Username: "user", Password: "secret"}},
	}
	info, _ := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	encoder := codecs.EncoderForVersion(info.Serializer, provider.SchemeGroupVersion)
	return encoder.Encode(response, out)
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
