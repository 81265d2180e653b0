package emulator

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A secondary Region (developer guide, "Multi-Region replication"): it serves the pools that have an active replica
// there, from the same users and sessions and without lag, and refuses what only the primary does.

var replicaOperations = service{
	"CreateUserPoolReplica": op(createUserPoolReplica),
	"UpdateUserPoolReplica": op(updateUserPoolReplica),
	"DeleteUserPoolReplica": op(deleteUserPoolReplica),
	"ListUserPoolReplicas":  op(listUserPoolReplicas),
}

const (
	primaryRegion   = "primary" // as faults and calls name the Regions
	secondaryRegion = "secondary"

	// SeedReplicaRegion is the Region that StartReplica and -replica stand for.
	SeedReplicaRegion = "us-west-2"
)

// Replica is a secondary Region that listens.
type Replica struct {
	url  string
	http *http.Server
}

// StartReplica serves the secondary Region on a free port of 127.0.0.1 until Close. The pools that exist get an active
// replica there; others get one by CreateUserPoolReplica and UpdateUserPoolReplica.
func (s *Server) StartReplica() (*Replica, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Replica{"http://" + listener.Addr().String(), &http.Server{Handler: s.ReplicaHandler(), ReadHeaderTimeout: 10 * time.Second}}
	go r.http.Serve(listener)
	return r, nil
}

// URL is the endpoint of the secondary Region, without a trailing slash.
func (r *Replica) URL() string { return r.url }

// Close takes the secondary Region down.
func (r *Replica) Close() error { return r.http.Close() }

type regionKey struct{}

// ReplicaHandler serves the secondary Region, for the pools as StartReplica says.
func (s *Server) ReplicaHandler() http.Handler {
	defer s.settle()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, p := range s.state.pools.all() {
		if p.Replica == nil {
			p.Replica = &replica{SeedReplicaRegion, "ACTIVE"}
			s.state.pools.touch(id)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), regionKey{}, secondaryRegion)))
	})
}

func regionOf(r *http.Request) string {
	if r.Context().Value(regionKey{}) != nil {
		return secondaryRegion
	}
	return primaryRegion
}

func (c *call) secondary() bool { return c.region == secondaryRegion }

// replicated are the operations that an active replica serves (developer guide, "Multi-Region replication": what is
// available in a secondary Region).
var replicated = []string{
	"InitiateAuth", "RespondToAuthChallenge", "AdminInitiateAuth", "AdminRespondToAuthChallenge", "GetTokensFromRefreshToken", "RevokeToken",
	"GlobalSignOut", "GetUser", "GetUserAuthFactors", "GetDevice", "ListDevices", "ListWebAuthnCredentials", "UpdateAuthEventFeedback",
}

// primaryPages are the pages of the domain that a secondary Region does not serve: sign-up and password reset.
var primaryPages = []string{"signup", "confirmUser", "forgotPassword", "confirmForgotPassword"}

// errReadOnly refuses what a secondary Region does not do. The exception is documented; its words are the API
// reference's description, since the real message was not to be found.
func errReadOnly() error {
	return fail(operationNotEnabled, "The operation is not available in the current region or for the current user pool configuration.")
}

// serves refuses an operation that the Region does not serve, whatever the pool, or not for this pool.
func (c *call) serves(body []byte) error {
	if !c.secondary() {
		return nil
	}
	if !slices.Contains(replicated, c.operation) {
		return errReadOnly()
	}
	var in struct{ ClientId, AccessToken string }
	if json.Unmarshal(body, &in) != nil {
		return nil // the operation says what is wrong
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var p *userPool
	if client := c.findClient(in.ClientId); client != nil {
		p = client.pool
	} else if claims := (jwt.MapClaims{}); in.AccessToken != "" {
		jwt.NewParser().ParseUnverified(in.AccessToken, claims)
		issuer, _ := claims["iss"].(string)
		p = c.state.pools.get(issuer[strings.LastIndexByte(issuer, '/')+1:])
	}
	switch {
	case p == nil:
		return nil
	case p.Replica == nil:
		return fail(resourceNotFound, "User pool %s does not exist.", p.ID)
	case p.Replica.Status != "ACTIVE":
		return errReadOnly()
	}
	return nil
}

// asksInRegion refuses the challenges that write what only the primary writes: a software token's users wait for it
// (developer guide, limitations), and so do a new password and the set-up of MFA.
func (c *call) asksInRegion(challenge string) error {
	if c.secondary() && slices.Contains([]string{"SOFTWARE_TOKEN_MFA", "MFA_SETUP", "NEW_PASSWORD_REQUIRED"}, challenge) {
		return errReadOnly()
	}
	return nil
}

// replica is a pool's copy in a secondary Region; it may have one.
type replica struct {
	Region, Status string // INACTIVE or ACTIVE: to be created takes no time here
}

type replicaType struct {
	RegionName, Status, Role, UserPoolArn string
}

func (p *userPool) arn(region string) string {
	return "arn:aws:cognito-idp:" + region + ":000000000000:userpool/" + p.ID
}

func (p *userPool) describeReplica() *replicaType {
	return &replicaType{p.Replica.Region, p.Replica.Status, "SECONDARY", p.arn(p.Replica.Region)}
}

type replicaOutput struct{ UserPoolReplica *replicaType }

type createReplicaInput struct {
	UserPoolId   string            `aws:"UserPoolIdType,required"`
	RegionName   string            `aws:"RegionCodeType,required"`
	UserPoolTags map[string]string `aws:"UserPoolTagsType"`
}

func createUserPoolReplica(c *call, in *createReplicaInput) (*replicaOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	if err := p.needsTier("Multi-Region replication"); err != nil {
		return nil, err
	}
	switch {
	case in.RegionName == p.region():
		return nil, fail(invalidParameter, "The user pool is in %s already.", in.RegionName)
	case p.Replica != nil:
		return nil, fail(limitExceeded, "The user pool has a replica already.")
	}
	p.Replica = &replica{in.RegionName, "INACTIVE"}
	out := p.describeReplica()
	out.Status = "CREATING"
	return &replicaOutput{out}, nil
}

type updateReplicaInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	RegionName string `aws:"RegionCodeType,required"`
	Status     string `aws:"ReplicaStatusType,required"`
}

// replicaOf finds the pool that has a replica in the Region.
func (c *call) replicaOf(poolID, region string) (*userPool, error) {
	p, err := c.pool(poolID)
	if err == nil && (p.Replica == nil || p.Replica.Region != region) {
		err = fail(resourceNotFound, "User pool %s has no replica in %s.", poolID, region)
	}
	return p, err
}

func updateUserPoolReplica(c *call, in *updateReplicaInput) (*replicaOutput, error) {
	p, err := c.replicaOf(in.UserPoolId, in.RegionName)
	if err != nil {
		return nil, err
	}
	p.Replica.Status = in.Status
	return &replicaOutput{p.describeReplica()}, nil
}

type deleteReplicaInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	RegionName string `aws:"RegionCodeType,required"`
}

func deleteUserPoolReplica(c *call, in *deleteReplicaInput) (*replicaOutput, error) {
	p, err := c.replicaOf(in.UserPoolId, in.RegionName)
	if err != nil {
		return nil, err
	}
	out := p.describeReplica()
	out.Status, p.Replica = "DELETING", nil
	return &replicaOutput{out}, nil
}

type listReplicasInput struct {
	UserPoolId string `aws:"UserPoolIdType,required"`
	NextToken  string `aws:"PaginationKeyType"`
}

type listReplicasOutput struct {
	UserPoolReplicas []*replicaType
	NextToken        string `json:",omitempty"`
}

func listUserPoolReplicas(c *call, in *listReplicasInput) (*listReplicasOutput, error) {
	p, err := c.pool(in.UserPoolId)
	if err != nil {
		return nil, err
	}
	all := []*replicaType{{p.region(), "ACTIVE", "PRIMARY", p.arn(p.region())}}
	if p.Replica != nil {
		all = append(all, p.describeReplica())
	}
	some, next, err := page(all, nil, 60, in.NextToken, func(r *replicaType) string { return r.RegionName })
	return &listReplicasOutput{some, next}, err
}
