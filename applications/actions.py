"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "application.add_evidence": "上传证明材料",
    "application.attach_report": "上传自评报告",
    "application.choose_assessment_mode": "选择自评方式",
    "application.choose_recommender": "选择推荐单位",
    "application.confirm_last_report": "确认沿用往年的自评报告",
    "application.confirm_check": "确认申报条件",
    "application.findings": "按规则判断申报条件",
    "application.keep_aside": "留存未采用的一份",
    "application.record_waiver": "登记资格条件调整决议",
    "application.remove_evidence": "移除证明材料",
    "application.remove_report": "移除自评报告文件",
    "application.save_facts": "保存申报条件",
    "application.save_item": "保存条目自评",
    "application.save_profile": "保存组织概述",
    "application.start": "开始填写申报",
    "application.take_last_report": "取用往年的自评报告",
    "claim.file": "申请认领组织",
    "commitments.end": "撤回修改，承诺须重新签署",
    "commitments.end_link": "承诺签署链接失效",
    "commitments.record_sheet": "上传签字盖章的承诺书",
    "commitments.send_link": "寄出承诺签署链接",
    "commitments.sign": "签署承诺",
    "delegation.end": "终止推荐委托",
    "delegation.expire": "推荐委托到期",
    "invitation.accept": "接受邀请",
    "invitation.revoke": "撤销邀请",
    "invitation.send": "发出邀请",
    "organisation.figures": "填写年度经营数据",
    "organisation.register": "登记",
    "organisation.transfer": "移交申报负责人",
    "organisation.update": "修改登记信息",
    "organisation.verify_code": "评定办核对信用代码",
    "recommendation.scan": "上传盖章的推荐意见",
    "standing.ban": "记录不接受申报的期限",
    "standing.honour": "记录已获荣誉",
    "standing.lift": "解除申报限制或荣誉记录",
}
