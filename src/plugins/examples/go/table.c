/* The table of entry points: C, because a Go function cannot return the address of a constant. */
#include "hbd_agent.h"

extern int writeFileRun(struct hbd_agent_request *request, struct hbd_agent_reply *reply);

static int run(const struct hbd_agent_request *request, const struct hbd_agent_reply *reply)
{
    return writeFileRun((struct hbd_agent_request *)request, (struct hbd_agent_reply *)reply);
}

static const char *meta_data(void)
{
    return "<?xml version=\"1.0\"?>\n"
           "<resource-agent name=\"WriteFileGo\" version=\"1.0\">\n"
           "<version>1.0</version>\n"
           "<longdesc lang=\"en\">Writes a file on the node that runs the group.</longdesc>\n"
           "<shortdesc lang=\"en\">Writes a file</shortdesc>\n"
           "<parameters>\n"
           "<parameter name=\"path\" unique=\"1\" required=\"1\"><content type=\"string\"/></parameter>\n"
           "<parameter name=\"content\"><content type=\"string\" default=\"\"/></parameter>\n"
           "<parameter name=\"mode\"><content type=\"string\" default=\"0644\"/></parameter>\n"
           "</parameters>\n"
           "<actions>\n"
           "<action name=\"start\" timeout=\"20s\"/>\n<action name=\"stop\" timeout=\"20s\"/>\n"
           "<action name=\"monitor\" timeout=\"20s\" interval=\"10s\"/>\n"
           "<action name=\"validate-all\" timeout=\"5s\"/>\n<action name=\"meta-data\" timeout=\"5s\"/>\n"
           "</actions>\n"
           "</resource-agent>\n";
}

const struct hbd_agent *hbd_agent_v1(void)
{
    static const struct hbd_agent agent = { HBD_AGENT_VERSION, sizeof agent, "WriteFileGo", meta_data, run };
    return &agent;
}
