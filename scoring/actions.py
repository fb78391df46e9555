"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "career.add": "添加评审员资料",
    "career.change": "修改评审员资料",
    "career.remove": "删除评审员资料",
    "consolidation.clear": "清除合议结果",
    "device.add": "启用离线设备",
    "device.revoke": "停用离线设备",
    "device.wipe": "清除设备上的评分内容",
    "list.approve": "批准名单",
    "meeting.attendance": "登记到会情况",
    "meeting.call": "召集评定委会议",
    "meeting.vote": "表决",
    "panel.change": "修改评审组",
    "panel.change_lead": "另定组长",
    "panel.form": "组建评审组",
    "panel.substitute": "补充评审员",
    "presentation.draw": "抽签定陈述答辩顺序",
    "presentation.plan": "排定陈述答辩场次",
    "presentation.swap": "调换陈述答辩场次",
    "proposal.arrange": "调整编组建议",
    "proposal.ask": "请平台提出编组建议",
    "proposal.confirm": "采用编组建议",
    "proposal.drop": "放弃编组建议",
    "ranking.freeze": "锁定综合排名",
    "recusal.declare": "申报回避",
    "recusal.detect": "查出利害关系",
    "recusal.dismiss": "排除利害关系",
    "recusal.remember": "沿用以往的回避",
    "resolution.record": "记录审议决议",
    "reviewer.accept_invitation": "接受评审员邀请",
    "reviewer.change": "修改评审员登记",
    "reviewer.disqualify": "取消评审资格",
    "reviewer.end_invitation": "邀请失效",
    "reviewer.import": "导入评审员名单",
    "reviewer.invite": "邀请评审员",
    "reviewer.register": "列入评审员库",
    "shortlist.decide": "确定入围名单",
}
