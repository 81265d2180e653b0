package peers

import (
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
)

// A Riddle is asked by a custom challenge. Hints are further public parameters.
type Riddle struct {
	Question, Answer string
	Hints            map[string]string
}

// Riddles are what ServeRiddles asks, in this order.
var Riddles = []Riddle{
	{"5 + 9", "14", map[string]string{
		"image":    `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="210" height="60"><g fill="%231d5fd0"><circle cx="30" cy="30" r="20"/><circle cx="90" cy="30" r="20"/><circle cx="150" cy="30" r="20"/></g></svg>`,
		"imageAlt": "Dots to count with", "link": "https://example.com/addition", "linkText": "How to add",
	}},
	{"the capital of France", "Paris", map[string]string{"image": "javascript:alert(1)", "link": "javascript:alert(2)"}}, // what runs is not shown
}

// ServeRiddles starts the three Lambda triggers of a custom sign-in: the Riddles one after the other, the password before
// them where the sign-in began with SRP. A wrong answer ends it.
func ServeRiddles(t browser.T) *types.LambdaConfigType {
	t.Helper()
	return &types.LambdaConfigType{
		DefineAuthChallenge: aws.String(e2e.Lambda(t, func(request, response map[string]any) {
			name, passed := last(request)
			switch {
			case name == "SRP_A":
				response["challengeName"] = "PASSWORD_VERIFIER"
			case name != "" && !passed:
				response["failAuthentication"] = true
			case solved(request) == len(Riddles):
				response["issueTokens"] = true
			default:
				response["challengeName"] = "CUSTOM_CHALLENGE"
			}
		})),
		CreateAuthChallenge: aws.String(e2e.Lambda(t, func(request, response map[string]any) {
			riddle := Riddles[solved(request)]
			public := map[string]string{"question": riddle.Question}
			maps.Copy(public, riddle.Hints)
			response["publicChallengeParameters"] = public
			response["privateChallengeParameters"] = map[string]string{"answer": riddle.Answer}
		})),
		VerifyAuthChallengeResponse: aws.String(e2e.Lambda(t, func(request, response map[string]any) {
			private, _ := request["privateChallengeParameters"].(map[string]any)
			response["answerCorrect"] = request["challengeAnswer"] == private["answer"]
		})),
	}
}

// rounds are the challenges of the sign-in so far.
func rounds(request map[string]any) (names []string, results []bool) {
	session, _ := request["session"].([]any)
	for _, entry := range session {
		round, _ := entry.(map[string]any)
		name, _ := round["challengeName"].(string)
		result, _ := round["challengeResult"].(bool)
		names, results = append(names, name), append(results, result)
	}
	return names, results
}

func last(request map[string]any) (name string, passed bool) {
	names, results := rounds(request)
	if n := len(names); n > 0 {
		return names[n-1], results[n-1]
	}
	return "", false
}

func solved(request map[string]any) int {
	n := 0
	names, results := rounds(request)
	for i, name := range names {
		if name == "CUSTOM_CHALLENGE" && results[i] {
			n++
		}
	}
	return n
}
